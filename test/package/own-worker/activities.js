/** An activity of your own. */
export async function tellTeam(total) {
  return `The list comes to ${total}.`;
}
