// The generic intake: any sender that can post a finalised invoice. A body is proven, read and written in one pass,
// so that a PDF never stands in memory. See the README for the fields.

import type { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { BridgeError, isCode } from '../../src/errors.ts'
import { ledgerName } from '../../src/senders.ts'
import type { ToolOptions } from '../../src/tool.ts'
import { openBody } from '../intake/body.ts'
import { type Content, contentOf } from '../intake/content.ts'
import { openFields } from '../intake/fields.ts'
import { openGate } from '../intake/gate.ts'
import { openProof, type Proof } from '../intake/proof.ts'
import { openReading, type Reading } from '../intake/reading.ts'
import { keysOf, type Settings, secretOf, sendersOf, settings } from '../intake/senders.ts'
import { type SampleInvoice, signedSample } from '../sample.ts'

export type IntakeOptions = ToolOptions<Settings>

export const tool = {
  name: 'invoices',
  settings,
  missingSecret: () => null,
  senders: sendersOf,
  sample: (given: Settings, { sender, ...about }: SampleInvoice & { sender?: string }) =>
    signedSample(about, secretOf(given, sender))
}

// Times PDF_BYTES_MAX this is the disk that unfinished uploads may take, for each of the two gates.
const gateOptions = { places: 16, waitingMax: 256 }

type Admission = { proof: Proof; content: Content }

const plugin: FastifyPluginAsync<IntakeOptions> = async (app, options) => {
  const { intake, spool, clock, pdfBytesMax, refused, turnedDown } = options
  const keys = options.settings === null ? [] : keysOf(options.settings)
  const prove = options.settings && openProof(keys.map(({ secret }) => secret))
  /** Its name in the ledger, by which of the secrets it had. */
  const nameOf = (which: number): string => {
    const sender = keys[which]?.sender ?? null
    return options.settings === null || sender === null
      ? tool.name
      : ledgerName(tool.name, sendersOf(options.settings), sender)
  }
  /** What is to be sent again as it is, is no refusal; nor is a connection that ended. */
  const noteRefusal = (error: unknown, request: FastifyRequest, by: string): void => {
    if (!(error instanceof BridgeError) || error.statusCode >= 500) return
    if (!request.raw.socket.destroyed) turnedDown(error, { by, isTest: isTest(request) })
  }
  const judge = openFields(options)
  // A signature is proven by the last byte of its body only. Strangers who pretend to sign get a gate of their own,
  // so that those who are proven by their headers never wait behind them.
  const provenGate = openGate(gateOptions)
  const unprovenGate = openGate(gateOptions)

  // The body stays in its stream until the handler pulls it.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.decorateRequest('admission')

  app.setErrorHandler(async (error, request) => {
    if (isCode(error, 'NOT_AUTHENTIC') && (await refused(request))) throw new BridgeError('TOO_MANY_REQUESTS')
    throw error
  })

  app.addHook('onRequest', async request => {
    if (!prove) throw new BridgeError('TOOL_NOT_SET_UP')
    const proof = prove(request.headers, clock.now())
    try {
      const content = contentOf(request.headers, pdfBytesMax)
      request.setDecorator<Admission>('admission', { proof, content })
    } catch (error) {
      if (proof.proven) noteRefusal(error, request, nameOf(proof.verify()))
      throw error
    }
  })

  app.post('/invoices', async request => {
    const { proof, content } = request.getDecorator<Admission>('admission')
    const gate = proof.proven ? provenGate : unprovenGate
    const reading = openReading(pdf => gate.pass(() => spool.keep(pdf)), pdfBytesMax)
    let asked = false
    // Who sent it, as soon as that is proven.
    let by = proof.proven ? nameOf(proof.verify()) : null
    try {
      const read = await readProven(request.raw, proof, content, reading)
      by = nameOf(read.which)
      if (read.failure) throw read.failure.reason
      const { invoice, notify } = judge(reading)
      const { document } = reading
      const test = isTest(request)
      asked = true
      const result = await intake.receive({ tool: by, invoice, document, notify, test }, clock.now())
      return { result }
    } catch (error) {
      // Once asked, the ledger may name the document, unless it says that it kept nothing.
      const unnamed = !asked || isCode(error, 'LEDGER_UNAVAILABLE')
      if (reading.document && unnamed) await spool.remove(reading.document)
      if (by !== null) noteRefusal(error, request, by)
      throw error
    }
  })
}

export default plugin

const isTest = ({ headers }: FastifyRequest): boolean => headers['factuurbrug-test'] === 'true'

/** What is wrong with a body is told only to a sender who has proven to be one. Answers by which secret, and that. */
const readProven = async (
  raw: Readable,
  proof: Proof,
  content: Content,
  reading: Reading
): Promise<{ which: number; failure: PromiseRejectedResult | null }> => {
  // Leaving the stream's own iterator early would destroy the socket, and the answer with it.
  const chunks = raw.iterator({ destroyOnReturn: false })
  const body = openBody(chunks, { bytesMax: content.bytesMax, seen: proof.update })
  const [outcome] = await Promise.allSettled([content.read(body, reading)])
  await body.drain()
  const which = proof.verify()
  return { which, failure: outcome.status === 'rejected' ? outcome : null }
}
