// Reads a multipart form as it arrives: its text, and the hash and length of its PDF. The bytes are kept only for
// callers that want them, so that a large upload costs no memory.

import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { addProblem, InvoiceForm, type ProblemList } from './forms.ts'
import { PortalError } from './portal-error.ts'

export type Pdf = { sha256: string; bytes: number; content: Buffer | null }

export type Upload = {
  /** The text fields, as they arrived. If one came twice, the first counts. */
  fields: Record<string, string>
  pdf: Pdf | null
  /** What is wrong with the form itself. Whether its values make sense is checked elsewhere. */
  problems: ProblemList
}

// The portal documents no limit. This one is far above any invoice, and low enough for a sandbox.
export const pdfBytesMax = 50_000_000

/** For @fastify/multipart: enough for every field to be wrong in its own way, and no more. */
export const uploadLimits = {
  fileSize: pdfBytesMax,
  files: 5,
  fields: 25,
  parts: 30,
  fieldNameSize: 100,
  fieldSize: 4_000,
  headerPairs: 20
}

const signature = Buffer.from('%PDF-')

// Readers look for the signature in the first kilobyte.
const signatureOffsetMax = 1024

/** Returns the bytes of the PDF too, if they are no more than `keepBytesMax`. */
export const readUpload = async (
  request: FastifyRequest,
  { keepBytesMax }: { keepBytesMax: number }
): Promise<Upload> => {
  if (!request.isMultipart()) throw new PortalError(415)
  try {
    return await readParts(request, keepBytesMax)
  } catch (error) {
    // An error about a limit has a status. Without one, the form was cut off or has no boundary.
    throw (error as { statusCode?: number }).statusCode ? error : new PortalError(400, { cause: error })
  }
}

const readParts = async (request: FastifyRequest, keepBytesMax: number): Promise<Upload> => {
  const upload: Upload = { fields: {}, pdf: null, problems: new Map() }
  const seen = new Set<string>()
  for await (const part of request.parts()) {
    const field = String(part.fieldname)
    const first = !seen.has(field)
    seen.add(field)

    let problem: string | undefined
    if (part.type === 'field') {
      if (field === 'pdf') problem = 'must be a file'
      else if (typeof part.value !== 'string') problem = 'must be text'
      else if (part.valueTruncated) problem = 'is too long'
      else if (first) upload.fields[field] = part.value
    } else if (field === 'pdf' && first) {
      const { isPdf, ...pdf } = await readPdf(part.file, keepBytesMax)
      if (pdf.bytes === 0) problem = 'is empty'
      else if (!isPdf) problem = 'is not a PDF'
      else upload.pdf = pdf
    } else {
      part.file.resume()
      if (field !== 'pdf') problem = field in InvoiceForm.shape ? 'must be text' : 'is not a known field'
    }
    if (!first) problem = 'may be given once'
    if (problem) addProblem(upload.problems, field, problem)
  }
  if (!seen.has('pdf')) addProblem(upload.problems, 'pdf', 'is required')
  return upload
}

const readPdf = async (source: AsyncIterable<Buffer>, keepBytesMax: number) => {
  const hash = createHash('sha256')
  let chunks: Buffer[] = []
  let head = Buffer.alloc(0)
  let bytes = 0
  for await (const chunk of source) {
    const missing = signatureOffsetMax + signature.length - head.length
    if (missing > 0) head = Buffer.concat([head, chunk.subarray(0, missing)])
    hash.update(chunk)
    bytes += chunk.length
    if (bytes <= keepBytesMax) chunks.push(chunk)
    else chunks = []
  }
  const content = bytes <= keepBytesMax ? Buffer.concat(chunks) : null
  return { sha256: hash.digest('hex'), bytes, content, isPdf: head.includes(signature) }
}
