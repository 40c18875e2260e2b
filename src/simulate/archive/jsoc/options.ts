/** How JSOC's database and exports behave in a simulated archive. */
export interface JsocOptions {
  /** Share of records whose files are not on disk: they come back by an export only. Default 0. */
  offline?: number;
  /** Share of records whose files are lost: an export says NoDataFile. Default 0. */
  lost?: number;
  /** Share of records on a tape that is not in the machine: an export ends with status 25. Default 0. */
  tape?: number;
  /** Addresses that may export. Default: any that looks like one. */
  registered?: readonly string[];
  /** Longest time a request waits and is worked on. Default `20s`. */
  queue?: string;
  /** How long finished files lie ready. Default `7d`. */
  keep?: string;
  /** Records in one request. Default 15000 of AIA, 32000 of HMI. */
  mostRecords?: number;
  /** Bytes in one request, a file counted as a full frame of 12 MB. Default 100 GB. */
  mostBytes?: number;
}
