export const duration = (seconds: number): string => {
  if (seconds < 1.5) return '1 seconde'
  if (seconds < 90) return `${Math.round(seconds)} seconden`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} minuten`
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} uur`
  return `${Math.round(seconds / 86_400)} dagen`
}
