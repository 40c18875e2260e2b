/** A file that is written piece by piece and appears whole: temporary name, fsync, rename. */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PART_SUFFIX } from '../../core/abandoned.ts';
import { isSunganError, SunganError } from '../../core/errors.ts';
import { syncFolder } from '../../core/files.ts';

export class FileSink {
  readonly path: string;
  /** Bytes written so far. */
  offset = 0;
  private readonly temporary: string;
  private readonly file: FileHandle;

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.path = path;
    this.temporary = temporary;
    this.file = file;
  }

  static async create(path: string): Promise<FileSink> {
    await mkdir(dirname(path), { recursive: true });
    const temporary = join(dirname(path), `.${basename(path)}${PART_SUFFIX}`);
    return new FileSink(path, temporary, await open(temporary, 'w'));
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.file.writeFile(bytes);
    this.offset += bytes.length;
  }

  /** The file takes its name. */
  async finish(): Promise<void> {
    await this.file.sync();
    await this.file.close();
    await rename(this.temporary, this.path);
    await syncFolder(dirname(this.path));
  }

  async discard(): Promise<void> {
    await this.file.close();
    await rm(this.temporary, { force: true });
  }
}

/** Runs `work` with a sink; the file appears when it succeeds and not otherwise. */
export async function withSink<Result>(
  path: string,
  work: (sink: FileSink) => Promise<Result>,
): Promise<Result> {
  try {
    const sink = await FileSink.create(path);
    try {
      const result = await work(sink);
      await sink.finish();
      return result;
    } catch (error) {
      await sink.discard();
      throw error;
    }
  } catch (cause) {
    throw isSunganError(cause) ? cause : cannotWrite(path, cause as Error);
  }
}

function cannotWrite(path: string, cause: Error): SunganError {
  return new SunganError('io', `cannot write the file: ${cause.message}`, {
    where: path,
    remedy: 'check the free space and the permissions there, or give another --out',
    cause,
  });
}
