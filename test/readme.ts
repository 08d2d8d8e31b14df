// The documents as a test reads them: code, tables and links out of Markdown. Knows as much of Markdown as they use.

import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = new URL('../', import.meta.url)

export const readDocument = (name: string): string => readFileSync(new URL(name, root), 'utf8')

/** The pages of the manual. */
export const pages = globSync('docs/**/*.md', { cwd: fileURLToPath(root) }).toSorted()

export const fileExists = (path: string): boolean => existsSync(new URL(path, root))

const fence = /^( *)```(\w*)\n(.*?)^\1```$/gms

/** What stands in fences of one language, in the order of the document. */
export const fencesOf = (text: string, language: string): string[] =>
  [...text.matchAll(fence)]
    .filter(([, , found]) => found === language)
    .map(([, indent = '', , content = '']) => content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))

/** Everything that is written as code, in fences and in lines. */
export const codeOf = (text: string): string[] => [
  ...[...text.matchAll(fence)].map(([, , , content = '']) => content),
  ...[...text.replaceAll(fence, '').matchAll(/`([^`]+)`/g)].map(([, content = '']) => content)
]

/** From a heading to the next one of its level or higher. */
export const sectionOf = (text: string, heading: string): string => {
  const level = heading.indexOf(' ')
  const from = text.indexOf(`\n${heading}\n`)
  if (from === -1) throw new Error(`there is no heading "${heading}"`)
  const start = from + heading.length + 2
  const end = text.slice(start).search(new RegExp(`^#{1,${level}} `, 'm'))
  return end === -1 ? text.slice(start) : text.slice(start, start + end)
}

/** The cells of every table, without head and rule. */
export const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^ *\|[-| ]+\|\n((?: *\|.*\|\n?)+)/gm)].flatMap(([, body = '']) =>
    body
      .trimEnd()
      .split('\n')
      .map(row =>
        row
          .trim()
          .slice(1, -1)
          .split('|')
          .map(cell => cell.trim())
      )
  )

/** Each without its line breaks. */
export const paragraphsOf = (text: string): string[] =>
  text
    .trim()
    .split(/\n{2,}/)
    .map(paragraph => paragraph.replaceAll('\n', ' '))

export const headingsOf = (text: string, level: number): string[] =>
  [...text.replaceAll(fence, '').matchAll(/^(#+) (.+)$/gm)]
    .filter(([, signs = '']) => signs.length === level)
    .map(([, , heading = '']) => heading)

export const linksOf = (text: string): string[] =>
  [...text.replaceAll(fence, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)

/** The names under which headings can be linked to. */
export const anchorsOf = (text: string): string[] =>
  [...text.replaceAll(fence, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  )

/** Without its backticks, where the whole cell is code. */
export const bare = (cell: string): string => cell.replace(/^`([^`]*)`$/, '$1')
