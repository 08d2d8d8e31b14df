// A mailbox with invoices of five dialects, and a bridge that dies again and again while it reads them.

import { readFileSync } from 'node:fs'
import t from 'tap'
import { samplePdf } from '../../plugins/intake/sample.ts'
import { freePort } from '../../src/commands/free-port.ts'
import { systemClock } from '../../src/core/clock.ts'
import { mail, openMailServer, pdfFile, pdfOf } from '../fixtures/mailbox.ts'
import { dialects, ubl } from '../fixtures/ubl.ts'
import { openSandbox, quick, sha256, startBridge, temporaryFolder, until } from './bridge-process.ts'
import { dateOf, daysAgo } from './tool-world.ts'

// Real processes, started one after another.
t.setTimeout(580_000)

const mails = 200
const kills = 10

// More than one mail takes, and fewer than the mails that are left to the last bridge take.
const answersMax = 20
const supplier = '87654321'
const today = dateOf(systemClock.now())

/** Each dialect has a customer of its own. */
const emailOf = (dialect: string) => `administratie@${dialect}.example`
const customers = dialects.map((dialect, at) => ({
  id: `cst_dialect${at}`,
  companyName: `Klant ${dialect}`,
  primaryEmail: emailOf(dialect)
}))

const mailOf = (number: string, at: number, beside = [pdfFile(number)]): string => {
  const dialect = dialects[at % dialects.length]!
  const to = emailOf(dialect)
  const changes = {
    '2026-11-20': today,
    '2026-0117': number,
    '2026-0118': number,
    'administratie@noord.example': to,
    '700104': dialect,
    '00000003876543210000': supplier
  }
  const file = { name: `${number}.xml`, type: 'application/xml', bytes: ubl(dialect, changes) }
  return mail({ id: number, to, files: [file, ...beside] })
}

/** With a PDF of 18 MB, and a film that nobody reads. */
const large = (number: string): string => {
  const pdf = Buffer.concat([samplePdf(number), Buffer.alloc(18_000_000, ' ')])
  return mailOf(number, 0, [
    { name: 'film.zip', type: 'application/zip', bytes: Buffer.alloc(20_000_000, 1) },
    { name: `${number}.pdf`, type: 'application/pdf', bytes: pdf }
  ])
}

/** The most that a process has had in memory. */
const megabytesOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

t.test(
  '200 mails, and ten deaths in the middle: each invoice is there once, and each mail where it belongs',
  async t => {
    const server = await openMailServer(t)
    const { handle: portal, url } = await openSandbox(t, { customers, negativeAmounts: true })
    const env = {
      ...quick,
      ...server.env,
      EMAIL_SUPPLIER_ID: supplier,
      CREDIT_NOTES: 'deliver',
      PORTAL_SETTLE_INHERITED_MS: '2100',
      DATA_DIR: temporaryFolder(t),
      PORT: String(await freePort()),
      PORTAL_URL: url
    }
    const numbers = Array.from(
      { length: mails },
      (_, at) => `${daysAgo(0).slice(0, 4)}-${String(at + 1).padStart(4, '0')}`
    )
    for (const [at, number] of numbers.entries()) server.put(mailOf(number, at), { at: new Date() })

    const read = () => server.mails('Verwerkt')?.length ?? 0
    for (let kill = 1; kill <= kills; kill += 1) {
      const bridge = await startBridge(t, env)
      // At one of the next answers that it would get, so that it is not through before the test sees how far it is.
      let answersLeft = Math.floor(Math.random() * answersMax)
      server.cuts = () => {
        if (read() < (kill * mails) / (kills + 1) || answersLeft-- > 0) return false
        server.cuts = () => false
        void bridge.kill('SIGKILL')
        return true
      }
      await bridge.ended
    }
    t.ok(read() < mails, `${read()} were read before the last death`)
    const bridge = await startBridge(t, env)
    await until(
      () => bridge.api<Record<string, number>>('GET', '/api/summary'),
      is => is.delivered === mails,
      'not all'
    )

    t.strictSame(portal.invoices.map(({ invoiceNumber }) => invoiceNumber).toSorted(), numbers)
    for (const { invoiceNumber, sha256: found } of portal.invoices) t.equal(found, sha256(pdfOf(invoiceNumber ?? '')))
    t.equal(
      portal.invoices.filter(({ fields }) => String(fields.amount).startsWith('-')).length,
      mails / dialects.length
    )
    await until(read, count => count === mails, 'mails are left')
    t.strictSame([server.mails('INBOX'), server.mails('Niet gelezen')], [[], []])

    const before = megabytesOf(bridge.pid)
    server.put(large('L-0001'), { at: new Date() })
    await until(
      () => portal.invoices.length,
      count => count === mails + 1,
      'news is not heard'
    )
    // 16 to 24 if the collector gets its turn, 44 on a busy computer; a mail held whole would come on top of that.
    t.ok(megabytesOf(bridge.pid) - before < 60, `${megabytesOf(bridge.pid) - before} MB for a mail of 50 MB`)
    t.equal(await bridge.kill('SIGTERM'), 0)
  }
)
