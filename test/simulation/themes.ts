// What goes wrong together is worse than what goes wrong alone: storms with a plan.

import { noFaults } from './mixed-weather.ts'
import type { Random } from './random.ts'
import type { Weather } from './weather.ts'

/** So that the bridge looks into doubts while the storm still rages. */
export const hasten = ({ bridge, portal }: Weather): void => {
  bridge.timeoutMs = 2000
  bridge.settleMs = 3000
  portal.lateMs = Math.min(portal.lateMs, 2900)
  portal.slowMs = Math.min(portal.slowMs, 1000)
}

// None in half of the seeds.
const themesByWeight = [0, 1, 1, 2, 2, 3, 3, 4, 4, -1, -1, -1, -1, -1, -1, -1, -1, -1]

type Theme = (weather: Weather, random: Random) => void

const themes: readonly Theme[] = [
  // Answers are lost, and what they were about shows late.
  ({ faults, portal, bridge }, random) => {
    faults.lostAnswer = 0.2 + random.next() / 2
    faults.reset = random.next() / 2
    portal.lateMs = bridge.settleMs - 100
  },
  // Two engines, loans that run out while they work, and neither runs all the time.
  (weather, random) => {
    const { bridge, portal, faults, counts, tool } = weather
    hasten(weather)
    bridge.engines = 2
    bridge.loanMs = random.int(500, 3000)
    bridge.perMinute = 60
    bridge.retryFirstMs = 1000
    portal.before = random.int(0, 3)
    weather.freezeAt = {
      commit: 0,
      request: 0.1 + random.next() / 3,
      answer: random.next() / 5,
      reading: 0.03,
      forMs: 9000
    }
    weather.readFaults = { ...noFaults }
    faults.lostAnswer = 0.3 + random.next() / 2
    faults.lateAnswer = random.next() / 3
    counts.freezes = random.int(0, 4)
    weather.pdfSlow = 0.5
    tool.corrections = random.next()
  },
  // The list moves while it is read.
  (weather, random) => {
    const { faults, portal, people } = weather
    hasten(weather)
    faults.lostAnswer = 0.2 + random.next() / 2
    portal.order = random.pick(['oldest', 'issued first', 'number first', 'hash', portal.order])
    portal.pageSize = random.int(2, 4)
    portal.before = random.int(8, 18)
    people.deleteWhileRead = 0.1 + random.next() / 3
  },
  // An order that looks like that of creation, until something is backdated.
  (weather, random) => {
    const { faults, portal, tool } = weather
    hasten(weather)
    // So far apart that nothing else of the same minute shows the order.
    weather.stormMs = 120_000
    weather.invoices = random.int(2, 3)
    faults.lostAnswer = 0.4 + random.next() / 2
    portal.order = random.pick(['issued', 'issued', 'number', 'issued first', 'number first'])
    portal.sequential = true
    portal.pageSize = random.int(2, 3)
    portal.before = random.int(6, 14)
    tool.backdated = 0.5
  },
  // A backup is restored after much has been sent since.
  (weather, random) => {
    const { counts, faults } = weather
    hasten(weather)
    weather.stormMs = 60_000
    counts.rollbacks = 1
    counts.crashes = random.int(0, 2)
    faults.lostAnswer = random.next() / 2
  }
]

export const themeOf = (random: Random): Theme | undefined => themes[random.pick(themesByWeight)]
