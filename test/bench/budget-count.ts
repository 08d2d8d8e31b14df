// How many requests fell into any minute, counted where they arrive.

import type { Sandbox } from '../../plugins/sandbox/sandbox.ts'
import type { Disposable } from '../end-to-end/bridge-process.ts'

const minute = 60_000

// The sandbox lists the latest thousand, which is more than arrive in that time.
const everyMs = 100

/** Answers the most that fell into any sixty seconds so far, wherever they begin. */
export const watchBudget = (t: Disposable, { requests, counts }: Sandbox): (() => number) => {
  const arrived: number[] = []
  const take = (): void => {
    const news = counts.requests - arrived.length
    if (news > requests.length) throw new Error('the sandbox lists fewer requests than came')
    if (news > 0) arrived.push(...requests.slice(-news).map(({ at }) => at))
  }
  const timer = setInterval(take, everyMs)
  t.teardown(() => clearInterval(timer))
  return () => {
    take()
    return mostWithin(arrived, minute)
  }
}

export const mostWithin = (times: readonly number[], ms: number): number => {
  let most = 0
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while ((times[last] as number) - (times[first] as number) >= ms) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}
