import { TypeID } from 'typeid-js';

/** The kind of object that an id names; it precedes the underscore. */
export type IdPrefix = 'user' | 'org' | 'key';

/** The id in this contract's form: `user_01h455vb4pex5vsknk084sn02q`. https://github.com/jetify-com/typeid */
export function toTypeId(prefix: IdPrefix, uuid: string): string {
  return TypeID.fromUUID(prefix, uuid).toString();
}

/** The UUID of a TypeID with this prefix; null for anything else. */
export function fromTypeId(prefix: IdPrefix, text: string): string | null {
  try {
    return TypeID.fromString(text, prefix).toUUID();
  } catch {
    return null;
  }
}
