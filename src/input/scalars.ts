/**
 * Plain YAML scalars as Kubernetes reads them: the rules of sigs.k8s.io/yaml, which wraps go-yaml v2 (YAML 1.1 with
 * the changes that its resolve.go makes). Checked against kubectl by `fixtures/yaml` and by a fuzzer.
 */
import { integer } from '../json.js';

const truthy = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const falsy = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const nothing = /^(?:~|null|Null|NULL|)$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** With a zero in front it is octal, or, with an 8 or 9 in it, a float. */
const decimal = /^[-+]?(?:0|[1-9][0-9]*)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const prefixed = /^(?<sign>[-+]?)(?<prefix>0(?:[bB](?=[01]+$)|[oO](?=[0-7]+$)|[xX](?=[0-9a-fA-F]+$)))(?<rest>.+)$/;
const octal = /^(?<sign>[-+]?)0(?<rest>[0-7]+)$/;
/** go-yaml cuts `0b` off and has Go parse what follows, sign included. */
const strangeBinary = /^(?<prefix>0b)(?<sign>[-+])(?<rest>[01]+)$/;

export type Scalar = null | boolean | number | bigint | string;

/** What a plain scalar means. `undefined` stands for the values that JSON cannot hold: `.inf` and `.nan`. */
export function readPlain(text: string): Scalar | undefined {
	if (nothing.test(text)) return null;
	const first = text[0] as string;
	if (!/[-+.0-9yYnNtTfFoO]/.test(first)) return text;
	if (truthy.test(text)) return true;
	if (falsy.test(text)) return false;
	if (!/[-+.0-9]/.test(first)) return text;
	if (notFinite.test(text)) return undefined;
	return readNumber(text) ?? text;
}

function readNumber(text: string): number | bigint | undefined {
	// go-yaml drops all underscores, but from a number that begins with a point, which Go takes only between digits.
	if (text.startsWith('.') && /(?<!\d)_|_(?!\d)/.test(text)) return undefined;
	const digits = text.replaceAll('_', '');
	const match = prefixed.exec(digits) ?? octal.exec(digits) ?? strangeBinary.exec(digits);
	if (match) {
		const { prefix = '0o', sign = '', rest = '' } = match.groups ?? {};
		const value = withinBounds(sign, BigInt(`${prefix.toLowerCase()}${rest}`));
		if (value !== undefined) return value;
	}
	if (decimal.test(digits)) return integer(digits.replace('+', ''));
	if (!float.test(digits)) return undefined;
	const value = Number(digits);
	return Number.isFinite(value) ? value : undefined;
}

/** Go parses into int64, and what has no sign into uint64 besides; beyond, the text is no integer. */
function withinBounds(sign: string, magnitude: bigint): number | bigint | undefined {
	const limit = sign === '-' ? 2n ** 63n : sign === '+' ? 2n ** 63n - 1n : 2n ** 64n - 1n;
	return magnitude > limit ? undefined : integer(`${sign === '-' ? '-' : ''}${magnitude}`);
}

/**
 * Why kubectl and kustomize read this plain scalar differently, or undefined where they agree: kustomize (go-yaml v3)
 * knows neither the words nor all of the number forms of YAML 1.1, and reads dates.
 */
export function disagreement(text: string): string | undefined {
	if (/^(?:y|n|yes|no|on|off)$/i.test(text) && typeof readPlain(text) === 'boolean')
		return `kubectl reads ${text} as ${readPlain(text)}, kustomize as the string "${text}"`;
	if (/^[-+]?0[0-7_]*[0-7]$/.test(text) && text.length > 1 && /^[-+]?0+[1-7_]/.test(text))
		return `kubectl reads ${text} as the octal number ${readPlain(text)}`;
	if (/^[-+]?[0-9][0-9_]*_[0-9_.]*$/.test(text) && typeof readPlain(text) === 'number')
		return `kubectl reads ${text} as the number ${readPlain(text)}`;
	if (/^\d{4}-\d{1,2}-\d{1,2}(?:$|[Tt\s])/.test(text))
		return `kubectl reads ${text} as a string, kustomize as a point in time, which it writes differently`;
	return undefined;
}
