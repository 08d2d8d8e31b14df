// The multipart body of a create call. The platform's FormData would be sent in chunks, without a known length, and it
// changes line ends in values. A Blob of Blobs knows its length, changes nothing, and is read from disk as it is sent.

import { randomUUID } from 'node:crypto'

export type Form = { body: Blob; headers: { 'content-type': string; 'content-length': string } }

type File = { name: string; fileName: string; content: Blob }

/** The names of fields and of the file are ours, so nothing in them needs escaping. */
export const formOf = (fields: Record<string, string>, { name, fileName, content }: File): Form => {
  // Unguessable: no value can contain it.
  const boundary = `factuurbrug-${randomUUID()}`
  const part = `--${boundary}\r\ncontent-disposition: form-data; name=`
  const texts = Object.entries(fields).map(([field, value]) => `${part}"${field}"\r\n\r\n${value}\r\n`)
  const head = `${part}"${name}"; filename="${fileName}"\r\ncontent-type: ${content.type}\r\n\r\n`
  const body = new Blob([...texts, head, content, `\r\n--${boundary}--\r\n`])
  return {
    body,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'content-length': String(body.size) }
  }
}

/** Letters, digits, dots and dashes: whatever the number holds, no file system and no header trips over it. */
export const pdfName = (invoiceNumber: string): string => {
  const safe = invoiceNumber.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+|[.-]+$/g, '')
  return `${safe || 'invoice'}.pdf`
}
