// The generic intake: any sender that can post a finalised invoice. A body is proven, read and written in one pass,
// so that a PDF never stands in memory. See the README for the fields.

import type { Readable } from 'node:stream'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { BridgeError, isCode } from '../../src/errors.ts'
import { ledgerName } from '../../src/senders.ts'
import type { Document, Draft } from '../../src/spool.ts'
import type { Held, ToolOptions, Wait } from '../../src/tool.ts'
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

// Times PDF_BYTES_MAX this is the disk that unfinished uploads may take of senders that are proven by their headers.
const gateOptions = { places: 16, waitingMax: 256 }

type Admission = { proof: Proof; content: Content }

/** What an authentic body said, by which of the secrets; its PDF is not synced yet. */
type Said = { reading: Reading; draft: Draft | null; which: number }

const plugin: FastifyPluginAsync<IntakeOptions> = async (app, options) => {
  const { intake, spool, clock, pdfBytesMax, strangers, refused, believed } = options
  const keys = options.settings === null ? [] : keysOf(options.settings)
  const prove = options.settings && openProof(keys.map(({ secret }) => secret))
  /** Its name in the ledger, by which of the secrets it had. */
  const nameOf = (which: number): string => {
    const sender = keys[which]?.sender ?? null
    return options.settings === null || sender === null
      ? tool.name
      : ledgerName(tool.name, sendersOf(options.settings), sender)
  }
  const judge = openFields(options)
  // A signature is proven by the last byte of its body only. Those who are proven by their headers have a gate of their
  // own, so that they never wait behind strangers who pretend to sign.
  const gate = openGate(gateOptions)

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
    request.setDecorator<Admission>('admission', { proof, content: contentOf(request.headers, pdfBytesMax) })
  })

  /** Reads it to its end, and answers what it said only once it is proven. */
  const read = async (request: FastifyRequest, held: Held | null): Promise<Said> => {
    const { proof, content } = request.getDecorator<Admission>('admission')
    let draft: Draft | null = null
    const keepPdf = async (pdf: AsyncIterable<Uint8Array>): Promise<Document> => {
      draft = held ? await spool.draft(counted(pdf, held)) : await gate.pass(() => spool.draft(pdf))
      return draft.document
    }
    const reading = openReading(keepPdf, pdfBytesMax)
    try {
      const proven = () => believed(request)
      const unread = { proof, content, reading, wait: strangers.patience(), proven }
      const which = await readProven(request.raw, unread)
      return { reading, draft, which }
    } catch (error) {
      await (draft as Draft | null)?.drop()
      throw error
    }
  }

  app.post('/invoices', async request => {
    const { proof } = request.getDecorator<Admission>('admission')
    const { reading, draft, which } = proof.proven
      ? await read(request, null)
      : await strangers.host(request, held => read(request, held))
    let asked = false
    let document: Document | null = null
    try {
      const { invoice, notify } = judge(reading)
      // Nothing waits for the disk before it is proven and understood, and no row names what is not on the disk.
      document = draft && (await draft.keep())
      const test = request.headers['factuurbrug-test'] === 'true'
      asked = true
      const result = await intake.receive(
        { tool: nameOf(which), invoice, document, notify, test },
        clock.now()
      )
      return { result }
    } catch (error) {
      await draft?.drop()
      // Once asked, the ledger may name the document, unless it says that it kept nothing.
      const unnamed = !asked || isCode(error, 'LEDGER_UNAVAILABLE')
      if (document && unnamed) await spool.remove(document)
      throw error
    }
  })
}

export default plugin

type Unread = Admission & { reading: Reading; wait: Wait; proven: () => void }

/** What is wrong with a body is told only to a sender who has proven to be one. Answers by which secret. */
const readProven = async (
  raw: Readable,
  { proof, content, reading, wait, proven }: Unread
): Promise<number> => {
  // Leaving the stream's own iterator early would destroy the socket, and the answer with it.
  const chunks = raw.iterator({ destroyOnReturn: false })
  const body = openBody(chunks, { bytesMax: content.bytesMax, seen: proof.update, wait })
  const [outcome] = await Promise.allSettled([content.read(body, reading)])
  await body.drain()
  const which = proof.verify()
  proven()
  if (outcome.status === 'rejected') throw outcome.reason
  return which
}

async function* counted(source: AsyncIterable<Uint8Array>, { onDisk }: Held) {
  for await (const chunk of source) {
    onDisk(chunk.length)
    yield chunk
  }
}
