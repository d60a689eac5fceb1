/** A stored document as indented JSON, in a frame that scrolls and can be reached by keyboard. */
export function JsonDocument({ value }: { value: unknown }) {
  return (
    <pre className="scroll" tabIndex={0}>
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
