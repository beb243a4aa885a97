export const loud = (text: string): string => `${text}!`;
