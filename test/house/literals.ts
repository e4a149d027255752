import ts from 'typescript';

/** Every piece of text in a TypeScript file, comments left out. */
export function literalsOf(content: string): string[] {
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isLiteralExpression(node) || ts.isTemplateMiddleOrTemplateTail(node) || ts.isTemplateHead(node) || ts.isJsxText(node))
      found.push(node.text);
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile('file.tsx', content, ts.ScriptTarget.Latest));
  return found;
}
