// How the simulated portal says things.

export type Answer = { status: number; headers: Record<string, string>; body: string }

export const answer = (status: number, body: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body
})

export const refusal = (status: number, message: string): Answer =>
  answer(status, JSON.stringify({ code: status, message }))
