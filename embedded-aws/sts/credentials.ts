/** Credentials with which an SDK signs. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Session token; undefined for a user's long-term keys. */
  readonly sessionToken?: string;
}

/** Credentials of an assumed role. */
export interface SessionCredentials extends Required<Credentials> {
  /** Expiration in real time, see `Sts.issue`. */
  readonly expiration: Date;
}
