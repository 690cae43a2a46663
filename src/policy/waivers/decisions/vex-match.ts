import { compareImage } from './image-product.ts';
import type { JoinedPackage } from './joined-package.ts';
import { allOf, anyOf, type MatchResult, other, SAME, unknown } from './match-result.ts';
import { compareUrls } from './package-match.ts';
import type { ReviewedImage } from './reviewed-image.ts';
import type { VexComponent, VexProduct } from './vex-statement.ts';

/** Compares a product of a statement with a finding: its image, and the package that was found in it. */
export function compareProduct(
  product: VexProduct,
  image: ReviewedImage,
  joined: JoinedPackage,
): MatchResult {
  switch (product.kind) {
    case 'image':
      return allOf([
        compareImage(product.image, image),
        product.subcomponents === undefined ? SAME : compareComponents(product.subcomponents, image, joined),
      ]);
    case 'package':
      return compareUrls(product.urls, joined, image);
    case 'package-in-package':
      return other({ kind: 'needs-dependency-tree' });
    case 'unreadable':
      return other({ kind: 'unreadable-product', text: product.text });
  }
}

function compareComponents(
  components: readonly VexComponent[],
  image: ReviewedImage,
  joined: JoinedPackage,
): MatchResult {
  const [first] = components;
  return anyOf(
    components.map((component) =>
      component.urls.length === 0
        ? unknown({ kind: 'unreadable-product', text: component.text })
        : compareUrls(component.urls, joined, image),
    ),
    { kind: 'unreadable-product', text: first?.text },
  );
}
