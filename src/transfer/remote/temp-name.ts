import { randomBytes } from 'node:crypto';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** 80 random bits as 16 characters of base32 (RFC 4648, 6, in lower case). */
export const newUploadId = (): string => {
  const bits = [...randomBytes(10)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)]).join('');
};

/** The folder that a bag is built up in on the server: hidden, and in the same folder as the published name, so that the rename is atomic. */
export const hiddenTempName = (bag: string, uploadId: string): string => `.${visibleTempName(bag, uploadId)}`;

/** The same for a server that takes no name with a leading dot; a receiver can see it grow. */
export const visibleTempName = (bag: string, uploadId: string): string => `${bag}${visibleSuffix(uploadId)}`;

/** What marks a name as one upload's own. */
export const visibleSuffix = (uploadId: string): string => `.${uploadId}.part`;

/** Every name that an upload's folder may have been made under. */
export const tempNames = (bag: string, uploadId: string): string[] => [hiddenTempName(bag, uploadId), visibleTempName(bag, uploadId)];

/** The `.part` folder before it has its name; a run that was cut in between leaves it, empty. */
export const probeName = (temp: string): string => `${temp}.prov`;
