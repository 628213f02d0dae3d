/**
 * Plain YAML scalars as Kubernetes reads them: the rules of sigs.k8s.io/yaml, which wraps go-yaml v2 (YAML 1.1 with
 * the changes that its resolve.go makes). Checked against kubectl by `fixtures/yaml` and by a fuzzer.
 */
import { integer } from '../json.js';

const truthy = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const falsy = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const nothing = /^(?:~|null|Null|NULL|)$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const decimal = /^[-+]?[0-9]+$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const prefixed = /^([-+]?)0([bBxXoO])([0-9a-fA-F]+)$/;
const octal = /^([-+]?)0([0-7]+)$/;

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
	// go-yaml drops underscores from numbers, but not from those that begin with a point.
	const digits = text.startsWith('.') ? text : text.replaceAll('_', '');
	const octalMatch = octal.exec(digits);
	if (octalMatch) return sized(octalMatch[1] as string, BigInt(`0o${octalMatch[2]}`));
	if (decimal.test(digits)) return integer(digits.replace('+', ''));
	const prefixMatch = prefixed.exec(digits);
	if (prefixMatch) {
		const [, sign, letter, rest] = prefixMatch as unknown as [string, string, string, string];
		const base = letter.toLowerCase();
		const allowed = base === 'b' ? /^[01]+$/ : base === 'o' ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/;
		return allowed.test(rest) ? sized(sign, BigInt(`0${base}${rest}`)) : undefined;
	}
	if (!float.test(digits)) return undefined;
	const value = Number(digits);
	return Number.isFinite(value) ? value : undefined;
}

function sized(sign: string, magnitude: bigint): number | bigint | undefined {
	return integer(`${sign === '-' ? '-' : ''}${magnitude}`);
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
