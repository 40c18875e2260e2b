/** Flags and help text made from a command's schema, so that an option is described in one place only. */
import { type Command as Commander, Option } from 'commander';
import { z } from 'zod';
import { SunganError } from '../core/errors.ts';
import { flagName } from '../core/options.ts';
import type { Command } from './command.ts';

interface Property {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: unknown[];
  items?: Property;
  anyOf?: Property[];
}

/** Adds one flag for every key of the schema that is not written as a positional. */
export function addFlags(program: Commander, command: Command): void {
  const positionals = command.positionals ?? [];
  const properties = propertiesOf(command.schema);
  for (const key of positionals) {
    const property = properties[key];
    program.argument(typeOf(property) === 'array' ? `[${key}...]` : `[${key}]`, describe(property));
  }
  for (const [key, property] of Object.entries(properties)) {
    if (positionals.includes(key)) continue;
    program.addOption(optionOf(key, property));
    if (typeOf(property) === 'boolean') program.addOption(oppositeOf(key, property));
  }
}

/** Values from the command line, still text, made into what the schema's types ask for. */
export function coerceFlags(command: Command, values: Record<string, unknown>): Record<string, unknown> {
  const properties = propertiesOf(command.schema);
  const coerced: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) coerced[key] = coerce(value, properties[key], key);
  }
  return coerced;
}

/** Values of a configuration file in which one value may stand for a list of one, as it may on the command line. */
export function wrapLists(command: Command, values: Record<string, unknown>): Record<string, unknown> {
  const properties = propertiesOf(command.schema);
  const isAlone = (key: string, value: unknown) =>
    typeOf(properties[key]) === 'array' && (typeof value === 'string' || typeof value === 'number');
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, isAlone(key, value) ? [value] : value]),
  );
}

function propertiesOf(schema: z.ZodObject): Record<string, Property> {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return (json.properties ?? {}) as Record<string, Property>;
}

function typeOf(property: Property | undefined): string | undefined {
  const type = property?.type ?? property?.anyOf?.find((choice) => choice.type !== 'null')?.type;
  return Array.isArray(type) ? type.find((name) => name !== 'null') : type;
}

/** Meaning, choices and default. */
function describe(property: Property | undefined): string {
  const choices = property?.enum ?? property?.items?.enum;
  const fallback = property?.default ?? '';
  const shown = Array.isArray(fallback) ? fallback.join(',') : String(fallback);
  return [
    property?.description ?? '',
    choices ? `[${choices.join(' | ')}]` : '',
    shown === '' ? '' : `(default: ${shown})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** The spelling of a switch that changes what holds without it. */
function spellingOf(key: string, property: Property): { flag: string; opposite: string } {
  const flag = flagName(key);
  const off = `--no-${flag.slice(2)}`;
  return property.default === true ? { flag: off, opposite: flag } : { flag, opposite: off };
}

/** Not in the help: it takes back what a configuration file or a preset has switched. */
function oppositeOf(key: string, property: Property): Option {
  return new Option(spellingOf(key, property).opposite).default(undefined).hideHelp();
}

function optionOf(key: string, property: Property): Option {
  const flag = flagName(key);
  const description = describe(property);
  const type = typeOf(property);
  if (type === 'boolean') return new Option(spellingOf(key, property).flag, description).default(undefined);
  if (type === 'array') {
    // Given twice, a list grows: dropping what was named first would do half of what was asked.
    return new Option(`${flag} <a,b,...>`, description).argParser((value, before: string | undefined) =>
      before === undefined ? value : `${before},${value}`,
    );
  }
  return new Option(`${flag} <${type === 'string' || !type ? 'value' : 'n'}>`, description);
}

function coerce(value: unknown, property: Property | undefined, key: string): unknown {
  const type = typeOf(property);
  if (type === 'array') {
    const parts = Array.isArray(value) ? value.map(String) : String(value).split(',');
    return parts.filter((part) => part !== '').map((part) => coerce(part.trim(), property?.items, key));
  }
  if ((type === 'number' || type === 'integer') && typeof value === 'string') {
    const number = Number(value);
    if (value.trim() === '' || Number.isNaN(number)) {
      throw new SunganError('usage', `'${value}' is not a number`, { where: flagName(key) });
    }
    return number;
  }
  return value;
}
