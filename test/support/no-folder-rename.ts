import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Rule, ScriptedSftp } from './scripted-sftp.ts';
import { status } from './sftp-packets.ts';

/** A server that renames files and no folders; `rule` bends whatever else is asked. */
export const noFolderRename =
  (server: Pick<ScriptedSftp, 'folder'>, rule: Rule = (_request, next) => next(), code = 4): Rule =>
  async (request, next, line) => {
    const isFolder = request.op === 'rename' && statSync(join(server.folder, request.path), { throwIfNoEntry: false })?.isDirectory();
    return isFolder ? status(code) : rule(request, next, line);
  };
