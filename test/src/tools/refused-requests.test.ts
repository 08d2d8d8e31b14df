import t, { type Test } from 'tap'
import { BridgeError } from '../../../src/core/errors.ts'
import { createRefusedRequests } from '../../../src/tools/refused-requests.ts'
import { refusalOf } from '../ledger/contract/refusals.ts'
import { openMemory } from '../ledger/memory.ts'
import { handClock } from '../portal/hand-clock.ts'

const open = (t: Test) => {
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  const writes: number[] = []
  let isWell = true
  const requests = createRefusedRequests({
    ledger: {
      listRefusals: ledger.listRefusals,
      async noteRefusals(refusals) {
        if (!isWell) throw new BridgeError('LEDGER_UNAVAILABLE')
        writes.push(refusals.length)
        await ledger.noteRefusals(refusals)
      }
    },
    clock: handClock(),
    log: { debug() {}, info() {}, warn() {}, error() {} }
  })
  const { requests: _, since: __, at: ___, ...refusal } = refusalOf()
  const stranger = { ...refusal, isAuthentic: false, invoiceNumber: null }
  return { requests, writes, refusal, stranger, break: () => (isWell = false), mend: () => (isWell = true) }
}

t.test('a flood is one write, in which strangers push out nobody', async t => {
  const { requests, writes, refusal, stranger } = open(t)
  for (let at = 0; at < 5000; at += 1) requests.note({ ...stranger, client: `client ${at}` })
  for (let at = 0; at < 3; at += 1) requests.note(refusal)

  t.match(await requests.list({ q: '0042', limit: 9 }), { refusals: [{ requests: 3 }], next: null })
  t.strictSame(writes, [201])
  await requests.list({ limit: 1 })
  t.equal(writes.length, 1, 'nothing new, nothing written')
})

t.test('what the ledger cannot take now it gets later, and at the end', async t => {
  const { requests, writes, refusal, break: breakIt, mend } = open(t)
  requests.note(refusal)
  breakIt()
  await t.rejects(requests.list({ limit: 1 }), { code: 'LEDGER_UNAVAILABLE' })
  mend()
  requests.note(refusal)
  await requests.stop()

  t.strictSame(writes, [1])
  t.match(await requests.list({ limit: 9 }), { refusals: [{ requests: 2 }] })
})
