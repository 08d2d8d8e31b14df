import t from 'tap'
import type { KeptNotice, Notice } from '../../../src/core/notice.ts'
import type { Row } from '../../../src/core/row.ts'
import { alertLetter, summaryLetter } from '../../../src/mail/letter.ts'
import { languages } from '../../../src/words/words.ts'
import { arrivalOf, borrowOne, noon, rowOf } from '../ledger/fixtures.ts'
import { openMemory } from '../ledger/memory.ts'

const around = { language: 'en', timeZone: 'Europe/Amsterdam', publicUrl: 'https://facturen.example' } as const

const held = async (number: string): Promise<Row> => {
  const ledger = openMemory()
  t.teardown(() => ledger.close())
  await ledger.receive(arrivalOf({ invoiceNumber: number }), noon)
  await ledger.record(await borrowOne(ledger, noon), { to: 'held', code: 'CUSTOMER_UNKNOWN', detail: null }, noon)
  return rowOf(ledger, number)
}

const notice = (facts: Partial<Notice>): KeptNotice => ({
  ...{ id: 1, at: noon, kind: 'alert', code: null, invoiceNumber: null, text: null },
  ...facts
})

t.test('a mail says number, customer, amount, reason and where the page is', async t => {
  const letter = alertLetter([notice({ invoiceNumber: '2026/42' })], [await held('2026/42')], around)

  t.equal(letter?.subject, 'Invoice 2026/42 needs you')
  t.match(
    letter?.text,
    /^2026\/42 · Bakkerij Kees · €121\.00\n {2}\S.+\n {2}\S.+\n {2}https:\/\/facturen\.example\/invoices\/2026%2F42\n/
  )
})

t.test('what came together stands in one, each warning once, and what is over', async t => {
  const rows = await Promise.all(Array.from({ length: 51 }, (_, at) => held(`A-${at}`)))
  const letter = alertLetter(
    [
      notice({ code: 'PORTAL_UNREACHABLE' }),
      notice({ kind: 'warning', text: 'the clock jumped' }),
      notice({ kind: 'warning', text: 'the clock jumped' }),
      notice({ kind: 'over', code: 'PORTAL_UNREACHABLE' }),
      notice({ kind: 'over', text: 'the clock jumped' })
    ],
    rows,
    around
  )

  t.equal(letter?.subject, '51 invoices need you')
  t.match(letter?.text, /One more: https:\/\/facturen\.example\/invoices\?state=held/)
  t.equal(letter?.text.match(/^ {2}the clock jumped$/gm)?.length, 1)
  t.match(letter?.text, /\nOver:\n {2}Invoices go to the portal again\.\n {2}No longer: the clock jumped\n/)
})

t.test('without anything to tell there is no mail', async t => {
  t.equal(alertLetter([notice({ invoiceNumber: 'A-1' })], [], around), null)
  t.equal(alertLetter([notice({ kind: 'over', text: 'x' })], [], around)?.subject, 'It is over')
  t.equal(alertLetter([notice({ code: 'TOOL_UNAUTHORIZED' })], [], around)?.subject, 'The bridge warns of something')
})

t.test('what a tool says when it refuses its token is told in the language of the owner', async t => {
  const refused = notice({ code: 'TOOL_UNAUTHORIZED', text: 'stripe: api.stripe.com refuses STRIPE_API_KEY (401)' })
  const textIn = (language: 'nl' | 'en') => alertLetter([refused], [], { ...around, language })?.text
  t.match(textIn('nl'), /stripe: api\.stripe\.com weigert STRIPE_API_KEY \(401\)\n/)
  t.match(textIn('en'), /stripe: api\.stripe\.com refuses STRIPE_API_KEY \(401\)\n/)
})

t.test('a summary in each language', async t => {
  const attention = [await held('A-1')]
  const told = { delivered: 214, waiting: 2, attention, attentionCount: 3, warnings: ['late'] }
  const letters = languages.map(language => summaryLetter({ every: 'weekly', ...told }, { ...around, language }))

  t.match(letters[0], {
    subject: 'Je facturen van vorige week',
    text: /Er zijn 214 facturen afgeleverd\. .*\n\n.*\nA-1 · /s
  })
  t.match(letters[1], {
    subject: 'Your invoices of last week',
    text: /^214 invoices were delivered\. 2 are on their way\.\n\n3 invoices need you:\n\nA-1 · .*\n\n2 more: .*\n {2}late\n/s
  })
  t.match(
    summaryLetter({ every: 'daily', delivered: 0, waiting: 0, attention: [], attentionCount: 0, warnings: [] }, around)
      .text,
    /^Nothing was delivered\. None is waiting\.\n\nNothing needs you\.\n\n-- \n/
  )
})
