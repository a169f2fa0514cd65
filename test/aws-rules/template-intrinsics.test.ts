import { callOf, getAttOf, referencesOfSubstitution, substitute } from '../../aws-rules/template-intrinsics';

test('a call is an object with one key that names an intrinsic function', () => {
  expect(callOf({ Ref: 'Topic' })).toEqual({ name: 'Ref', argument: 'Topic' });
  expect([callOf({ Name: 'Topic' }), callOf({ Ref: 'A', More: 1 }), callOf(['Ref']), callOf('Ref')]).toEqual(
    Array(4).fill(undefined),
  );
});

test('Fn::GetAtt is a list, or text with a dot', () => {
  expect([getAttOf(['Topic', 'TopicName']), getAttOf('Nested.Outputs.Url')]).toEqual([
    ['Topic', 'TopicName'],
    ['Nested', 'Outputs.Url'],
  ]);
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders
test('Fn::Sub replaces variables and references, and leaves literals', () => {
  const argument = ['${own}/${Topic.TopicName}/${AWS::Region}/${!kept}', { own: 7 }];
  expect(substitute(argument, String, (name) => `<${name}>`)).toBe('7/<Topic.TopicName>/<AWS::Region>/${kept}');
  const marked = (name: string) => `literal ${name}`;
  expect(substitute('${A}/${!kept}', String, (name) => `<${name}>`, marked)).toBe('<A>/literal kept');
  expect(referencesOfSubstitution(argument)).toEqual(['Topic.TopicName', 'AWS::Region']);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders
