// For calls that throw where the caller only asks whether there is an answer.

/** What `work` returns; undefined if it throws. */
export const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}
