/** Reads the fields of the form that was submitted, as they were typed. */
export function textsOf(event: Event): (name: string) => string {
  const fields = new FormData(event.target as HTMLFormElement);
  return (name) => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : '';
  };
}
