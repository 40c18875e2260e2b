/** A Python process that reads FITS files on request and says how long each took: cfitsio through fitsio, and astropy. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

const PROGRAM = `
import ctypes, ctypes.util, json, sys, time
import fitsio
import numpy as np
from astropy.io import fits
cfitsio = ctypes.CDLL(ctypes.util.find_library("cfitsio"))
kept = {}
def by_fitsio(path, hdu):
    return fitsio.FITS(path)[hdu].read()
def first_row(path, hdu):
    return fitsio.FITS(path)[hdu][0:1, :]
def by_astropy(path, hdu):
    with fits.open(path) as file:
        return file[hdu].data
def into_kept(path, hdu):
    if path not in kept:
        kept[path] = by_fitsio(path, hdu)
    data = kept[path]
    handle, status, any_null = ctypes.c_void_p(), ctypes.c_int(0), ctypes.c_int(0)
    code = {"i2": 21, "i4": 31, "f4": 42, "f8": 82}[data.dtype.str[1:]]
    cfitsio.ffiopn(ctypes.byref(handle), path.encode(), 0, ctypes.byref(status))
    pixels = data.ctypes.data_as(ctypes.c_void_p)
    cfitsio.ffgpv(handle, code, ctypes.c_longlong(1), ctypes.c_longlong(data.size), None, pixels, ctypes.byref(any_null), ctypes.byref(status))
    cfitsio.ffclos(handle, ctypes.byref(status))
    assert status.value == 0
    return data
readers = {"fitsio": by_fitsio, "first row": first_row, "astropy": by_astropy, "kept": into_kept}
def peak():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            return int(line.split()[1])
for line in sys.stdin:
    how, path, hdu, times = json.loads(line)
    if how == "kept" and path not in kept: into_kept(path, hdu)
    before = peak()
    started = time.perf_counter()
    for _ in range(times):
        data = readers[how](path, hdu)
    seconds = (time.perf_counter() - started) / times
    print(json.dumps({"ms": seconds * 1000, "peakBefore": before, "peak": peak(), "sum": float(data.sum(dtype="f8"))}), flush=True)
`;

/** `fitsio` and `astropy` make a new array for each reading; `kept` calls cfitsio itself and fills one array again and again. */
export type PythonRoute = 'fitsio' | 'first row' | 'astropy' | 'kept';

export interface PythonAnswer {
  ms: number;
  /** Most memory that the process has held, KiB, before and after. */
  peakBefore: number;
  peak: number;
  sum: number;
}

export class PythonReader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #interface: Interface;

  private constructor(python: string) {
    this.#child = spawn(python, ['-c', PROGRAM]);
    this.#interface = createInterface({ input: this.#child.stdout });
    this.#lines = this.#interface[Symbol.asyncIterator]();
  }

  /** Undefined when no Python with fitsio and astropy is installed. */
  static start(): PythonReader | undefined {
    const python = ['python3', '/usr/bin/python3'].find(
      (name) => spawnSync(name, ['-c', 'import fitsio, astropy.io.fits']).status === 0,
    );
    return python === undefined ? undefined : new PythonReader(python);
  }

  /** `times` readings one after the other: their mean. */
  async read(how: PythonRoute, path: string, hdu: number, times = 1): Promise<PythonAnswer> {
    this.#child.stdin.write(`${JSON.stringify([how, path, hdu, times])}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the Python reader ended');
    return JSON.parse(value) as PythonAnswer;
  }

  stop(): void {
    this.#interface.close();
    this.#child.kill();
  }
}
