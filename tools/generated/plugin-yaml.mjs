/** plugin.yaml: what Argo CD's plugin sidecar runs. Fields: argo-cd v3.5.7 cmpserver/plugin/config.go. */
import { stringify } from 'yaml';

export function pluginYaml({ settings }) {
	const open = Object.entries(settings).filter(([, { scope }]) => scope === 'application');
	const announced = open.map(([name, { help, values, default: standard }]) => ({
		name,
		title: name,
		tooltip: values ? `${help} (${values.join(', ')})` : help,
		...(values?.join() === 'true,false' ? { itemType: 'boolean' } : {}),
		string: standard,
	}));
	const parameters = stringify({ parameters: { static: announced } }, { lineWidth: 0 })
		.trimEnd()
		.replaceAll('\n', '\n  ');
	return `# Made by \`npm run generate\` from src/settings.ts. In the sidecar it lies in /home/argocd/cmp-server/config/.
apiVersion: argoproj.io/v1alpha1
kind: ConfigManagementPlugin
metadata:
  name: kubedb-render
# No version: it would become part of the name that every Application has to give, and change with every upgrade.
# No discover: a plugin that is found by itself falls back to plain manifests when its sidecar is down, and those lack
# every database that is rendered, so Argo CD would prune them. Applications name it: spec.source.plugin.name.
spec:
  generate:
    # Where the sidecar's image has the bundle.
    command: [node, /usr/local/lib/kubedb-render/kubedb-render.cjs, build]
  preserveFileMode: false
  ${parameters}
`;
}
