// Reads XML from strangers, and only what is asked for: the elements on wanted paths. Nothing else is kept, so it takes
// no more memory than its text. No DTD is read; the only entities are the five of XML itself.

import { SaxesParser } from 'saxes'
import { textOf } from './encoding.ts'

export type XmlName = { namespace: string; local: string }

export type XmlElement = { text: string; attributes: Record<string, string> }

export type XmlReading = {
  /** Null: the file ended before there was one. */
  root: XmlName | null
  /** In the order of the file: those that were read before it ended or turned out to be broken. */
  elements: (path: string) => XmlElement[]
  /** What was expected, when the file could not be read to its end. Never what was there. */
  problem: string | null
}

export type XmlQuestion = {
  /** Whether to read on. */
  isWanted: (root: XmlName) => boolean
  /** The short names of namespaces: `cbc:ID` whatever prefix the file uses. No other namespace has a wanted element. */
  prefixes: ReadonlyMap<string, string>
  /** Starting below the root: `cac:Party/cbc:Name`. Elements that hold text. */
  paths: ReadonlySet<string>
}

// Limits are checked after each chunk: one chunk adds little, whatever is in it.
const chunkCharacters = 4096
// Leaves room for a comment with a licence. An invoice needs only a declaration.
const prologChunksMax = 4
// An invoice has ten levels.
const depthMax = 50
// An element of an invoice has three, its root a dozen.
const attributesMax = 100
// An invoice of five megabytes has fewer.
const elementsMax = 200_000
// How often one path is kept. An invoice names its customer once, and has some attachments.
const sameMax = 50

export const readXml = (xml: Buffer, { isWanted, prefixes, paths }: XmlQuestion): XmlReading => {
  const found = new Map<string, XmlElement[]>()
  const reading: XmlReading = { root: null, elements: path => found.get(path) ?? [], problem: null }
  const broken = (problem: string): XmlReading => ({ ...reading, problem })

  const text = textOf(xml)
  if (text === undefined) return broken('expected an encoding such as UTF-8')

  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: { path: string; element: XmlElement | null }[] = []
  let attributes = 0
  let elements = 0
  let hasDoctype = false

  parser.on('doctype', () => {
    hasDoctype = true
  })
  parser.on('opentagstart', () => {
    elements += 1
    attributes = 0
  })
  parser.on('attribute', () => {
    attributes += 1
  })
  parser.on('opentag', ({ uri, local, attributes }) => {
    const parent = open.at(-1)
    if (!parent) reading.root = { namespace: uri, local }
    const name = `${prefixes.get(uri) ?? '?'}:${local}`
    const path = parent?.path ? `${parent.path}/${name}` : parent ? name : ''
    const same = paths.has(path) ? found.getOrInsertComputed(path, () => []) : null
    const element = same && same.length < sameMax ? { text: '', attributes: valuesOf(attributes) } : null
    if (element) same?.push(element)
    open.push({ path, element })
  })
  const keep = (piece: string) => {
    const element = open.at(-1)?.element
    if (element) element.text += piece
  }
  parser.on('text', keep)
  parser.on('cdata', keep)
  parser.on('closetag', () => {
    open.pop()
  })

  try {
    for (let at = 0; at < text.length; at += chunkCharacters) {
      parser.write(text.slice(at, at + chunkCharacters))
      if (reading.root && !isWanted(reading.root)) return reading
      if (hasDoctype) return broken('expected no document type')
      if (!reading.root && at >= prologChunksMax * chunkCharacters)
        return broken('expected an element at its beginning')
      if (open.length > depthMax) return broken(`expected at most ${depthMax} levels`)
      if (elements > elementsMax) return broken(`expected at most ${elementsMax} elements`)
      if (attributes > attributesMax) return broken(`expected at most ${attributesMax} attributes`)
    }
    parser.close()
  } catch {
    // The parser's message quotes the file.
    return broken('expected well-formed XML')
  }
  return reading
}

const valuesOf = (attributes: Record<string, { value: string }>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([name, { value }]) => [name, value]))
