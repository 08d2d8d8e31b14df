// Who a client is on the internet, as far as its address says: one IPv4 address, or the whole /64 of an IPv6 host.

import { isIP } from 'node:net'

/** The address itself, or the /64 that it belongs to. An IPv4 address is the same in both of its notations. */
export const networkOf = (address: string): string => {
  if (isIP(address) !== 6) return address
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups.slice(6)
  if (isMapped(groups)) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  const network = groups.slice(0, 4).map(group => group.toString(16))
  return `${network.join(':')}::/64`
}

/** `::ffff:a.b.c.d`: how a socket for both families shows a client with IPv4. */
const isMapped = (groups: number[]): boolean => groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff

const groupsOf = (address: string): number[] => {
  // After % stands the interface, for link-local addresses only.
  const [bare = ''] = address.split('%')
  const [head = [], tail] = bare.split('::').map(partGroups)
  if (tail === undefined) return [...head]
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

const partGroups = (part: string): number[] =>
  part === '' ? [] : part.split(':').flatMap(group => (group.includes('.') ? dotted(group) : [parseInt(group, 16)]))

const dotted = (group: string): number[] => {
  const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}
