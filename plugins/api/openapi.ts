// The operator's API, described for machines.

import { facts, maybeText, schemas, text, wholeProperties } from './openapi-schemas.ts'

const json = (schema: object, description: string) => ({
  description,
  content: { 'application/json': { schema } }
})
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
})
const refusals = {
  401: problem('The operator token is missing or wrong.'),
  429: problem('Too many wrong tokens.')
}

const caughtUp = {
  200: json({ $ref: '#/components/schemas/Found' }, 'What it told of, by what became of it.'),
  202: json({ $ref: '#/components/schemas/Found' }, 'So far: it takes long, and goes on. Ask after it.'),
  502: problem('The tool does not answer, or refuses its token.')
}

const invoiceNumber = {
  name: 'invoiceNumber',
  in: 'path',
  required: true,
  description: 'Percent-encoded. Case and surrounding white space do not matter.',
  schema: text
}

const filter = (name: string, description: string, schema: object = text) => ({
  name,
  in: 'query',
  description,
  schema
})

const deliverWords = {
  absent: {
    type: 'boolean',
    description:
      'True: what was sent before is not in the portal, so it is not looked for, and sent once more. Where whether it stands there cannot be told (PORTAL_UNCLEAR), nothing else sends it.'
  }
}

const action = (operationId: string, summary: string, words: object = {}) => ({
  post: {
    operationId,
    summary,
    parameters: [invoiceNumber],
    requestBody: {
      content: {
        'application/json': { schema: { type: 'object', additionalProperties: false, properties: words } }
      }
    },
    responses: {
      200: json(
        {
          allOf: [
            { $ref: '#/components/schemas/Invoice' },
            {
              type: 'object',
              properties: {
                changed: { type: 'boolean', description: 'False: there was nothing to do.' },
                decided: {
                  type: ['object', 'null'],
                  description: 'Where several sets of facts had come under its number: which of them win.',
                  properties: { won: facts, lost: { type: 'array', items: facts } }
                }
              }
            }
          ]
        },
        'The invoice, as it stands now.'
      ),
      404: problem('No invoice has this number.'),
      409: problem('Its state does not allow this.'),
      422: problem('The body says something else.'),
      ...refusals
    }
  }
})

export const openapi = {
  openapi: '3.1.0',
  info: {
    title: 'Factuurbrug',
    version: '1',
    summary: 'What the bridge holds, and what a person says about it.'
  },
  security: [{ operator: [] }],
  paths: {
    '/api/summary': {
      get: {
        operationId: 'summary',
        summary: 'How many invoices stand where',
        responses: { 200: json({ $ref: '#/components/schemas/Summary' }, 'The counts.'), ...refusals }
      }
    },
    '/api/invoices': {
      get: {
        operationId: 'listInvoices',
        summary: 'Invoices, newest first',
        parameters: [
          filter('state', 'Of one state.'),
          filter('code', 'Of one code.'),
          filter('tool', 'Of one tool.'),
          filter('q', "The beginning of a number, or the whole of a customer's reference."),
          filter('limit', 'How many.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
          filter('cursor', 'The `next` of the page before.')
        ],
        responses: {
          200: json(
            {
              type: 'object',
              properties: {
                invoices: { type: 'array', items: { $ref: '#/components/schemas/Invoice' } },
                next: maybeText
              }
            },
            'A page.'
          ),
          422: problem('A filter cannot be read.'),
          ...refusals
        }
      }
    },
    '/api/invoices/{invoiceNumber}': {
      get: {
        operationId: 'getInvoice',
        summary: 'One invoice with its history',
        parameters: [invoiceNumber],
        responses: {
          200: json(
            {
              allOf: [
                { $ref: '#/components/schemas/Invoice' },
                {
                  type: 'object',
                  properties: wholeProperties
                }
              ]
            },
            'The invoice.'
          ),
          404: problem('No invoice has this number.'),
          ...refusals
        }
      }
    },
    '/api/invoices/{invoiceNumber}/deliver': action(
      'deliver',
      'Delivers now, or releases what is held',
      deliverWords
    ),
    '/api/invoices/{invoiceNumber}/dismiss': action(
      'dismiss',
      'Does not deliver it, or clears the note of a delivered one'
    ),
    '/api/invoices/{invoiceNumber}/take': action('take', 'Conflict: takes the other facts'),
    '/api/invoices/{invoiceNumber}/keep': action('keep', 'Conflict: keeps these facts'),
    '/api/customers': {
      get: {
        operationId: 'listCustomers',
        summary: "The tools' customers with their link, latest first",
        parameters: [
          filter('linked', 'Only those that are linked, or are not.', { type: 'boolean' }),
          filter('limit', 'How many.', { type: 'integer', minimum: 1, maximum: 200, default: 50 }),
          filter('cursor', 'The `next` of the page before.')
        ],
        responses: {
          200: json(
            {
              type: 'object',
              properties: {
                customers: { type: 'array', items: { $ref: '#/components/schemas/Customer' } },
                next: maybeText
              }
            },
            'A page.'
          ),
          422: problem('A filter cannot be read.'),
          ...refusals
        }
      }
    },
    '/api/customers/{tool}/{ref}': {
      parameters: [
        { name: 'tool', in: 'path', required: true, schema: text },
        {
          name: 'ref',
          in: 'path',
          required: true,
          description: "The tool's own id of its customer, percent-encoded. Case does not matter.",
          schema: text
        }
      ],
      put: {
        operationId: 'linkCustomer',
        summary: 'Says whose it is in the portal, and releases what waited for it',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['portalId'],
                properties: { portalId: { type: 'string', examples: ['cst_…'] } }
              }
            }
          }
        },
        responses: {
          200: json({ $ref: '#/components/schemas/Customer' }, 'The customer, as it stands now.'),
          409: problem('What is held for it is of several companies; `detail` lists their invoices.'),
          422: problem('The tool or the portal customer does not exist.'),
          502: problem('The portal has to be asked for this customer, and does not answer.'),
          ...refusals
        }
      },
      delete: {
        operationId: 'unlinkCustomer',
        summary: 'Removes the link; it is not matched with the same portal customer by itself again',
        responses: {
          200: json({ $ref: '#/components/schemas/Customer' }, 'The customer, as it stands now.'),
          404: problem('There is no such link.'),
          422: problem('The tool does not exist.'),
          ...refusals
        }
      }
    },
    '/api/portal/customers': {
      get: {
        operationId: 'searchPortalCustomers',
        summary: "The portal's customers, from the bridge's copy",
        parameters: [
          filter('q', 'A part of the name or e-mail address, or the whole id.'),
          filter('limit', 'How many.', { type: 'integer', minimum: 1, maximum: 200, default: 50 })
        ],
        responses: {
          200: json(
            {
              type: 'object',
              properties: {
                customers: { type: 'array', items: { $ref: '#/components/schemas/PortalCustomer' } }
              }
            },
            'Those found.'
          ),
          422: problem('A filter cannot be read.'),
          ...refusals
        }
      }
    },
    '/api/catch-up': {
      post: {
        operationId: 'catchUp',
        summary: 'Asks a tool now what its webhooks missed',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['tool', 'since'],
                properties: { tool: text, since: { type: 'string', format: 'date' } }
              }
            }
          }
        },
        responses: {
          ...caughtUp,
          422: problem('A field cannot be read, or the tool has no API that can be asked.'),
          ...refusals
        }
      }
    },
    '/api/catch-up/{tool}': {
      get: {
        operationId: 'caughtUp',
        summary: 'How the last catch-up that was asked for is going, or what it found',
        parameters: [{ name: 'tool', in: 'path', required: true, schema: text }],
        responses: {
          ...caughtUp,
          404: problem('Nobody asked this tool since the bridge was started.'),
          ...refusals
        }
      }
    }
  },
  components: {
    securitySchemes: { operator: { type: 'http', scheme: 'bearer', description: 'OPERATOR_TOKEN' } },
    schemas
  }
}
