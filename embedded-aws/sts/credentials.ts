/** What an SDK needs to sign. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Absent for a user's long-term keys. */
  readonly sessionToken?: string;
}

/** Credentials of an assumed role. */
export interface SessionCredentials extends Required<Credentials> {
  /** In real time, see {@link Sts.issue}. */
  readonly expiration: Date;
}
