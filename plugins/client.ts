// What a client is counted by: the network of its address. The address comes from the header that a proxy writes, or
// else from the connection.

import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { networkOf } from '../src/network/client-network.ts'

export type ClientOf = (request: FastifyRequest) => string

export const createClientOf =
  (trustProxyHeader: string | undefined): ClientOf =>
  request => {
    const header = trustProxyHeader === undefined ? undefined : request.headers[trustProxyHeader]
    const told = lastOf(header)
    return networkOf(isIP(told) === 0 ? request.ip : told)
  }

/** A proxy that adds to what its client sent adds at the end: only that is its own word. */
const lastOf = (header: string | string[] | undefined): string =>
  String(header ?? '')
    .split(',')
    .at(-1)
    ?.trim() ?? ''
