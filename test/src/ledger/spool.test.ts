import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openSpool } from '../../../src/ledger/spool.ts'

const bytesMax = 10_000

const openFolder = (t: Test) => {
  const folder = join(t.testdir(), 'data', 'spool')
  return { folder, spool: openSpool(folder, { bytesMax }) }
}

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part
}

const pdf = '%PDF-1.7\nan invoice'

t.test('a PDF is kept byte for byte, and found again', async t => {
  const { folder, spool } = openFolder(t)
  const bytes = Buffer.concat([Buffer.from(pdf), Buffer.from([0, 255, 10, 13]), Buffer.alloc(5000, 7)])

  const document = await spool.keep(chunks(bytes.subarray(0, 3), '', bytes.subarray(3, 4000), bytes.subarray(4000)))

  t.strictSame(readFileSync(join(folder, document.file)), bytes)
  t.match(document, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  const blob = (await spool.blob(document)) as Blob
  t.equal(blob.type, 'application/pdf')
  t.strictSame(Buffer.from(await blob.arrayBuffer()), bytes)
  t.strictSame(readdirSync(folder), [document.file])
})

t.test('two PDFs never share a file, even when they are equal or come together', async t => {
  const { folder, spool } = openFolder(t)
  const kept = await Promise.all([spool.keep(chunks(pdf)), spool.keep(chunks(pdf))])

  t.equal(new Set(kept.map(({ file }) => file)).size, 2)
  await spool.remove(kept[0]!)
  t.strictSame(readdirSync(folder), [kept[1]?.file])
})

t.test('a PDF may be as large as the limit, and its signature a little late', async t => {
  const { spool } = openFolder(t)
  const padded = (bytes: number) => Buffer.alloc(bytes, ' ')

  t.match(await spool.keep(chunks(pdf, padded(bytesMax - pdf.length))), { bytes: bytesMax })
  await t.resolves(spool.keep(chunks('\ufeff', pdf)), 'after a byte order mark')
  await t.resolves(spool.keep(chunks('\r\n\r\n', pdf)))
  await t.resolves(spool.keep(chunks('\ufeff \t\f\0\r\n', pdf)), 'white space as PDF has it')
  await t.resolves(spool.keep(chunks('%', 'P', 'DF', '-')), 'in pieces')
  await t.resolves(spool.keep(chunks('\ufeff', padded(1024), pdf)))
  await t.resolves(spool.keep(chunks(padded(1024), pdf)))
})

t.test('nothing is left of what cannot be kept', async t => {
  const { folder, spool } = openFolder(t)
  async function* breaking() {
    yield* chunks(pdf)
    throw new Error('connection reset')
  }
  const failures: [why: string, source: AsyncIterable<Uint8Array>, error: { code: string } | { message: string }][] = [
    ['a byte too many', chunks(pdf, Buffer.alloc(bytesMax - pdf.length + 1)), { code: 'PDF_TOO_LARGE' }],
    ['too large and never ending', forever(), { code: 'PDF_TOO_LARGE' }],
    ['nothing at all', chunks(), { code: 'PDF_NOT_A_PDF' }],
    ['empty chunks', chunks('', ''), { code: 'PDF_NOT_A_PDF' }],
    ['a page of HTML', chunks('<!doctype html><title>Log in</title>'), { code: 'PDF_NOT_A_PDF' }],
    ['HTML that speaks of one', chunks('<!doctype html><title>%PDF-1.7</title>'), { code: 'PDF_NOT_A_PDF' }],
    ['HTML on a line before it', chunks('<p>\n', pdf), { code: 'PDF_NOT_A_PDF' }],
    ['another letter before it', chunks('\ufeff \ufeff', pdf), { code: 'PDF_NOT_A_PDF' }],
    ['blanks and no more', chunks(Buffer.alloc(3000, ' ')), { code: 'PDF_NOT_A_PDF' }],
    ['less than a signature', chunks('%PDF'), { code: 'PDF_NOT_A_PDF' }],
    ['a signature that comes too late', chunks(Buffer.alloc(1025, ' '), pdf), { code: 'PDF_NOT_A_PDF' }],
    ['a stream that breaks', breaking(), { message: 'connection reset' }]
  ]
  for (const [why, source, error] of failures) {
    t.test(why, async t => {
      await t.rejects(spool.keep(source), error)
      t.strictSame(readdirSync(folder), [])
    })
  }
})

let closed = false

async function* forever(): AsyncGenerator<Uint8Array> {
  try {
    yield Buffer.from(pdf)
    for (;;) yield Buffer.alloc(100)
  } finally {
    closed = true
  }
}

t.test('a source that is too large is let go of', async t => {
  const { spool } = openFolder(t)
  closed = false

  await t.rejects(spool.keep(forever()), { code: 'PDF_TOO_LARGE' })

  t.equal(closed, true)
})

t.test('a disk that fails is our fault, whatever it fails at', async t => {
  const cases: [at: string, breakIt: (folder: string) => void][] = [
    ['opening: the folder is gone', folder => rmSync(folder, { recursive: true })],
    [
      'opening: the folder is a file',
      folder => {
        rmSync(folder, { recursive: true })
        writeFileSync(folder, '')
      }
    ]
  ]
  for (const [at, breakIt] of cases) {
    t.test(at, async t => {
      const { folder, spool } = openFolder(t)
      breakIt(folder)

      await t.rejects(spool.keep(chunks(pdf)), { name: 'BridgeError', code: 'LEDGER_UNAVAILABLE' })
    })
  }
  t.test('renaming: the file is gone', async t => {
    const { folder, spool } = openFolder(t)
    async function* removedMeanwhile() {
      yield* chunks(pdf)
      rmSync(folder, { recursive: true })
    }

    await t.rejects(spool.keep(removedMeanwhile()), { name: 'BridgeError', code: 'LEDGER_UNAVAILABLE' })
  })
})

t.test('a folder that cannot be made stops the start', async t => {
  const file = join(t.testdir({ file: 'not a folder' }), 'file')

  t.throws(() => openSpool(join(file, 'spool'), { bytesMax }), {
    name: 'BridgeError',
    code: 'LEDGER_UNREADABLE'
  })
})

t.test('a folder that is there is taken as it is', async t => {
  const { folder, spool } = openFolder(t)
  const document = await spool.keep(chunks(pdf))

  const again = openSpool(folder, { bytesMax })

  t.equal(await ((await again.blob(document)) as Blob).text(), pdf)
})

t.test('a file that is gone is told from a disk that cannot be read, and can be removed again', async t => {
  const { spool } = openFolder(t)
  const document = await spool.keep(chunks(pdf))
  await spool.remove(document)

  t.equal(await spool.blob(document), null)
  await t.rejects(spool.blob({ ...document, file: 'a'.repeat(300) }), { code: 'LEDGER_UNAVAILABLE' })
  await t.resolves(spool.remove(document))
})

t.test('a file that is not what was kept is told from one that is', async t => {
  const { folder, spool } = openFolder(t)
  const changes: [what: string, bytes: string][] = [
    ['as long', pdf.replace('an', 'no')],
    ['shorter', pdf.slice(0, -1)],
    ['longer', `${pdf}\n`],
    ['empty', '']
  ]
  for (const [what, bytes] of changes) {
    const document = await spool.keep(chunks(pdf))
    writeFileSync(join(folder, document.file), bytes)
    t.equal(await spool.blob(document), 'changed', what)
  }

  const small = await spool.keep(chunks(pdf))
  const blob = (await spool.blob(small)) as Blob
  writeFileSync(join(folder, small.file), pdf.replace('an', 'no'))
  t.equal(await blob.text(), pdf, 'what is changed after a look is not read, of a small one')

  const roomy = openSpool(folder, { bytesMax: 2_000_000 })
  const large = await roomy.keep(chunks(pdf, Buffer.alloc(1_000_000)))
  const read = (await roomy.blob(large)) as Blob
  writeFileSync(join(folder, large.file), `${pdf} later`)
  await t.rejects(read.text(), 'nor of a large one')
})

t.test('a large file is looked through without keeping anybody waiting', async t => {
  const folder = t.testdir()
  const spool = openSpool(folder, { bytesMax: 100_000_000 })
  const document = await spool.keep(chunks(pdf, Buffer.alloc(50_000_000)))
  let turns = 0
  let looking = true
  const turn = () => {
    turns += 1
    if (looking) setImmediate(turn)
  }
  turn()

  await spool.blob(document)
  looking = false

  t.ok(turns > 100, `${turns} turns of the event loop meanwhile`)
})

t.test('a draft is no document before it is kept, and leaves nothing when it is dropped', async t => {
  const { folder, spool } = openFolder(t)
  const kept = await spool.draft(chunks(pdf))
  const dropped = await spool.draft(chunks(pdf))
  t.equal(await spool.blob(kept.document), null, 'no row may name it yet')

  t.strictSame(await kept.keep(), kept.document)
  await dropped.drop()
  await kept.drop()

  t.strictSame(readdirSync(folder), [kept.document.file])
  t.equal(await ((await spool.blob(kept.document)) as Blob).text(), pdf)
})

t.test('only what cannot be fetched again is synced, with its folder', async t => {
  const { folder, spool } = openFolder(t)
  const handle = await open(folder)
  await handle.close()
  const synced = t.capture(Object.getPrototypeOf(handle), 'sync', async () => {})

  await spool.keep(chunks(pdf))
  t.equal(synced().length, 0)
  await (await spool.draft(chunks(pdf))).keep()
  t.equal(synced().length, 2)
})

t.test('a draft that a crash left is swept', async t => {
  const { folder, spool } = openFolder(t)
  const draft = await spool.draft(chunks(pdf))

  t.equal(await openSpool(folder, { bytesMax }).sweep(new Set()), 1)

  t.strictSame(readdirSync(folder), [])
  await t.rejects(draft.keep(), { code: 'LEDGER_UNAVAILABLE' }, 'never a name without a file')
})

t.test('the sweep leaves what is named, and removes what a crash left', async t => {
  const { folder, spool } = openFolder(t)
  const named = await spool.keep(chunks(pdf))
  const orphan = await spool.keep(chunks(pdf))
  writeFileSync(join(folder, 'crashed.pdf.part'), '%PDF-')
  mkdirSync(join(folder, 'lost+found'))

  t.equal(await spool.sweep(new Set([named.file, 'never-was.pdf'])), 2)

  t.strictSame(readdirSync(folder).sort(), [named.file, 'lost+found'].sort())
  t.equal(existsSync(join(folder, orphan.file)), false)
  t.equal(await spool.sweep(new Set([named.file])), 0)
})
