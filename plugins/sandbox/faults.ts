// Faults on request. Each hits the next call that fits it, once or several times, in the order in which they were
// requested. This file says which call gets one; perform.ts makes it happen.

import { z } from 'zod'
import { PortalError } from './portal-error.ts'
import { calls } from './request-log.ts'

/** In place of the call: nothing is stored, or even checked. */
const refusals = [
  'fail-before', // 500
  'reset-before', // the connection is destroyed
  'redirect', // 302 to a login page
  '401',
  '403',
  '404',
  '408',
  '409',
  '422',
  '429', // with retry-after, from ms
  '503',
  'page-before' // 404 with a page of HTML, from something in front of the portal
] as const

/** Around a valid call: each of these stores what was asked. An invalid call leaves them for a later one. */
const disturbances = [
  'fail-after', // stored, then 500
  'lost', // stored, then the connection is destroyed
  'garbage', // stored, then 200 with a page of HTML
  'garbage-json', // stored, then JSON that says nothing
  'page-after', // stored, then 404 with a page of HTML
  'refused-after', // stored, then 422
  'another-id', // stored, then answered with the id of the invoice that was made before it
  'slow', // stored, and answered after ms
  'slow-commit', // checked and stored only after ms, whether or not anyone still waits
  'late-visible', // an answer is lost, and ms pass before any call shows what was created
  'unlisted' // an answer is lost, and the list does not show what was created: for ms, or for ever
] as const

export type Refusal = (typeof refusals)[number]
export type Disturbance = (typeof disturbances)[number]

// A wait of more than a day can only be a mistake in the unit.
const faultMsMax = 24 * 60 * 60_000
const timesMax = 1_000_000
const waitingMax = 1_000

const delayed: readonly string[] = ['slow', 'slow-commit', 'late-visible']

export const Fault = z
  .strictObject({
    /** If both are given, both must fit. A number fits every call about that invoice. */
    on: z
      .strictObject({ invoiceNumber: z.string().optional(), call: z.enum([...calls, 'any']).optional() })
      .refine(on => on.invoiceNumber !== undefined || on.call !== undefined, 'needs invoiceNumber or call'),
    fault: z.enum([...refusals, ...disturbances]),
    times: z.int().min(1).max(timesMax).default(1),
    ms: z.int().min(0).max(faultMsMax).optional(),
    /** For `late-visible` and `unlisted`: how the answer is lost. */
    answer: z.enum(['lost', '500']).optional(),
    /** What the refusal says instead of its usual message. */
    message: z.string().max(1_000).optional()
  })
  .refine(({ fault, ms }) => ms !== undefined || !delayed.includes(fault), {
    path: ['ms'],
    message: 'is required for this fault'
  })
export type Fault = z.output<typeof Fault>

export type Subject = { call: (typeof calls)[number]; invoiceNumber: string | null }

export type Taken<F> = Omit<Fault, 'fault'> & { fault: F }

export const createFaults = () => {
  const waiting: Fault[] = []

  /** Takes the first fault that fits the call, if it is of this kind. Later ones wait their turn. */
  const take = <F extends string>(kind: readonly F[], { call, invoiceNumber }: Subject): Taken<F> | undefined => {
    const at = waiting.findIndex(
      ({ on }) =>
        (on.call === undefined || on.call === 'any' || on.call === call) &&
        (on.invoiceNumber === undefined || on.invoiceNumber === invoiceNumber)
    )
    const found = waiting[at]
    if (!found || !kind.includes(found.fault as F)) return undefined
    if (--found.times === 0) waiting.splice(at, 1)
    return found as Taken<F>
  }

  return {
    waiting: waiting as readonly Readonly<Fault>[],

    add(fault: Fault) {
      if (waiting.length === waitingMax) throw new PortalError(422, { message: 'Too many faults wait.' })
      waiting.push(fault)
    },

    clear() {
      waiting.length = 0
    },

    takeRefusal: (subject: Subject) => take(refusals, subject),
    takeDisturbance: (subject: Subject) => take(disturbances, subject)
  }
}

export type Faults = ReturnType<typeof createFaults>
