import { Command as Commander } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCommand } from '../../src/cli/command.ts';
import { addFlags, coerceFlags } from '../../src/cli/flags.ts';

const command = defineCommand({
  examples: [],
  positionals: ['paths'],
  schema: z.strictObject({
    paths: z.array(z.string()).describe('files to read'),
    wavelength: z.array(z.number()).default([193]).describe('channels'),
    imageSize: z.int().default(1024).describe('pixels'),
    level: z.enum(['1', '1.5']).default('1.5').describe('level'),
    strict: z.boolean().default(false).describe('refuse more'),
    sheet: z.boolean().default(true).describe('write the sheet'),
    note: z.string().optional().describe('a word'),
    only: z
      .array(z.enum(['a', 'b']))
      .default([])
      .describe('some'),
  }),
  run: async () => ({ text: '', data: null }),
});

function parse(args: string[]) {
  const program = new Commander('x').exitOverride().configureOutput({ writeErr() {} });
  addFlags(program, command);
  program.action(() => {});
  program.parse(args, { from: 'user' });
  return { flags: program.opts(), positionals: program.processedArgs, help: program.helpInformation() };
}

describe('flags from a schema', () => {
  it('shows name, meaning, choices and default of every option', () => {
    const { help } = parse([]);
    expect(help).toMatch(/--wavelength <a,b,...>\s+channels \(default: 193\)/);
    expect(help).toMatch(/--image-size <n>\s+pixels \(default: 1024\)/);
    expect(help).toMatch(/--level <value>\s+level \[1 \| 1\.5\] \(default: 1\.5\)/);
    expect(help).toMatch(/--strict\s+refuse more/);
    expect(help).toMatch(/--no-sheet\s+write the sheet/);
    expect(help).toMatch(/\[paths\.\.\.\]/);
    expect(help).toMatch(/--only <a,b,...>\s+some \[a \| b\]\n/);
    expect(help).not.toMatch(/--no-strict|--sheet/);
  });

  it('turns text into the types that the schema asks for', () => {
    const { flags, positionals } = parse([
      'a.fits',
      'b.fits',
      '--wavelength',
      '171,193',
      '--image-size',
      '512',
      '--strict',
      '--no-sheet',
    ]);
    expect(coerceFlags(command, flags)).toEqual({
      wavelength: [171, 193],
      imageSize: 512,
      strict: true,
      sheet: false,
    });
    expect(positionals[0]).toEqual(['a.fits', 'b.fits']);
  });

  it('can take back what a configuration file switched', () => {
    expect(coerceFlags(command, parse(['--no-strict', '--sheet']).flags)).toMatchObject({
      strict: false,
      sheet: true,
    });
  });

  it('shows the choices and the default of what is written without a flag', () => {
    const schema = z.strictObject({
      action: z.enum(['list', 'fetch']).default('list').describe('what to do'),
    });
    const program = new Commander('x');
    addFlags(
      program,
      defineCommand({
        examples: [],
        positionals: ['action'],
        schema,
        run: async () => ({ text: '', data: null }),
      }),
    );
    expect(program.helpInformation()).toMatch(/action\s+what to do \[list \| fetch\] \(default: list\)/);
  });

  it('adds up a list that is given several times', () => {
    const { flags } = parse(['--wavelength', '171', '--wavelength=193,211']);
    expect(coerceFlags(command, flags)).toMatchObject({ wavelength: [171, 193, 211] });
  });

  it('keeps text that looks like a number where text is asked for', () => {
    expect(coerceFlags(command, { note: '42', level: '1' })).toEqual({ note: '42', level: '1' });
  });

  it('refuses what is no number, naming the flag', () => {
    expect(() => coerceFlags(command, { imageSize: 'big' })).toThrow(
      expect.objectContaining({ kind: 'usage', where: '--image-size' }),
    );
    expect(() => coerceFlags(command, { wavelength: '171,x' })).toThrow(/'x' is not a number/);
  });
});
