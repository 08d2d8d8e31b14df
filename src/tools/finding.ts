// What `check` proves of a tool: one question and its answer after the other.

import { BridgeError } from '../core/errors.ts'

/** One line of what `check` prints. `note`: nothing is wrong, but a person should read it. */
export type Finding = { ok: boolean; note?: true; what: string; found: string }

export type Found = Omit<Finding, 'what'>

export const good = (found: string): Found => ({ ok: true, found })
export const bad = (found: string): Found => ({ ok: false, found })

/** A refusal is an answer too, so that the other questions are still asked. */
export const lookAt = async (what: string, look: () => Promise<Found>): Promise<Finding> => {
  try {
    return { what, ...(await look()) }
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error
    return { what, ...bad(`${error.code}: ${error.message}`) }
  }
}
