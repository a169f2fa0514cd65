import type { StackRequest } from '../../embedded-aws/cloudformation/stack-request';
import { SmallWorld, things } from './small-world';

let world: SmallWorld;

beforeEach(() => {
  world = new SmallWorld();
});

/** Deploys a stack and lets virtual time pass until the operation has ended. */
function deploy(template: StackRequest['template'], more: Partial<StackRequest> = {}) {
  const request = { stackName: 'app', template, ...more };
  return world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deploy(request)));
}

/** @returns The events after the first `skip` ones: seconds since the first, logical id, status, reason. */
function history(skip = 0): string[] {
  const events = world.cloudformation.events('app').slice(skip);
  const start = events[0]!.at.getTime();
  return events.map(({ at, logicalId, status, reason }) =>
    [Math.round((at.getTime() - start) / 1000), logicalId, status, reason?.trimEnd()]
      .filter((column) => column !== undefined)
      .join(' '),
  );
}

const ref = (Ref: string) => ({ Ref });
const length = () => world.cloudformation.events('app').length;

describe('a stack that is created', () => {
  test('creates independent resources concurrently, and resources that refer to others after those', async () => {
    const outcome = await deploy(
      things({ C: { Needs: [ref('A'), ref('B')] }, A: { Seconds: 10 }, B: { Seconds: 20 } }),
    );

    expect(outcome.type).toBe('succeeded');
    expect(history()).toEqual([
      '0 app REVIEW_IN_PROGRESS User Initiated',
      '0 app CREATE_IN_PROGRESS User Initiated',
      '4 A CREATE_IN_PROGRESS',
      '4 B CREATE_IN_PROGRESS',
      '14 A CREATE_IN_PROGRESS Resource creation Initiated',
      '14 A CREATE_COMPLETE',
      '24 B CREATE_IN_PROGRESS Resource creation Initiated',
      '24 B CREATE_COMPLETE',
      '25 C CREATE_IN_PROGRESS',
      '35 C CREATE_IN_PROGRESS Resource creation Initiated',
      '35 C CREATE_COMPLETE',
      '36 app CREATE_COMPLETE',
    ]);
  });

  test('has events that are strictly ordered in time and have unique ids', async () => {
    await deploy(things({ A: {}, B: {}, C: {} }));
    const events = world.cloudformation.events('app');
    const times = events.map(({ at }) => at.getTime());

    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  test('deletes its resources when one fails, and can then only be deleted', async () => {
    const outcome = await deploy(
      things({
        A: { Seconds: 2 },
        Bad: { Fail: 'no such luck', Needs: ref('A') },
        Kept: { Seconds: 1, $DeletionPolicy: 'Retain' },
      }),
    );

    expect(outcome).toMatchObject({
      type: 'failed',
      status: 'ROLLBACK_COMPLETE',
      reason: 'The following resource(s) failed to create: [Bad]. Rollback requested by user.',
    });
    expect(history(history().indexOf('17 Bad CREATE_FAILED no such luck'))).toEqual([
      '0 Bad CREATE_FAILED no such luck',
      '0 app ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Bad]. Rollback requested by user.',
      '1 Kept DELETE_SKIPPED',
      '1 Bad DELETE_COMPLETE',
      '2 A DELETE_IN_PROGRESS',
      '4 A DELETE_COMPLETE',
      '5 app ROLLBACK_COMPLETE',
    ]);
    const { id } = outcome.stack;
    await expect(deploy(things({ A: {} }))).rejects.toThrow(
      `Stack:${id} is in ROLLBACK_COMPLETE state and can not be updated.`,
    );
  });

  test('shows the notes of a resource as further events of the status it has', async () => {
    await deploy(things({ A: { Note: 'half way' } }));
    expect(history()).toContain('9 A CREATE_IN_PROGRESS half way');
  });
});

describe('a stack that is updated', () => {
  test('updates only resources whose resolved properties have changed', async () => {
    await deploy(
      things({
        A: { Value: '1' },
        UsesName: { Needs: ref('A') },
        UsesValue: { Value: { 'Fn::GetAtt': ['A', 'Value'] } },
      }),
    );
    const before = length();
    await deploy(
      things({
        A: { Value: '2' },
        UsesName: { Needs: ref('A') },
        UsesValue: { Value: { 'Fn::GetAtt': ['A', 'Value'] } },
      }),
    );

    expect(history(before)).toEqual([
      '0 app UPDATE_IN_PROGRESS User Initiated',
      '4 A UPDATE_IN_PROGRESS',
      '14 A UPDATE_COMPLETE',
      '15 UsesValue UPDATE_IN_PROGRESS',
      '25 UsesValue UPDATE_COMPLETE',
      '26 app UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      '27 app UPDATE_COMPLETE',
    ]);
  });

  test('deletes removed and replaced resources only after everything else has succeeded, dependents first', async () => {
    await deploy(
      things({ A: { Name: 'old' }, Base: {}, Gone: { Needs: ref('Base') }, Stays: { $DeletionPolicy: 'Retain' } }),
    );
    const before = length();
    await deploy(things({ A: { Name: 'new' }, User: { Needs: ref('A') } }));

    expect(history(before)).toEqual([
      '0 app UPDATE_IN_PROGRESS User Initiated',
      '4 A UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
      '14 A UPDATE_IN_PROGRESS Resource creation Initiated',
      '14 A UPDATE_COMPLETE',
      '15 User CREATE_IN_PROGRESS',
      '25 User CREATE_IN_PROGRESS Resource creation Initiated',
      '25 User CREATE_COMPLETE',
      '26 app UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      '27 A DELETE_IN_PROGRESS',
      '27 Stays DELETE_SKIPPED',
      '27 Gone DELETE_IN_PROGRESS',
      '37 A DELETE_COMPLETE',
      '37 Gone DELETE_COMPLETE',
      '38 Base DELETE_IN_PROGRESS',
      '48 Base DELETE_COMPLETE',
      '49 app UPDATE_COMPLETE',
    ]);
    expect(
      world.cloudformation.stack('app')!.resourceStates.map(({ logicalId, physicalId }) => [logicalId, physicalId]),
    ).toEqual([
      ['A', 'new-5'],
      ['User', 'User-6'],
    ]);
  });

  test('cancels resources in progress when one fails, restores updated ones, then deletes new ones', async () => {
    const old = { Base: { Value: '1' }, Slow: { Value: '1', Needs: ref('Base') }, Other: { Name: 'x' } };
    await deploy(things(old));
    const before = length();
    const outcome = await deploy(
      things({
        Base: { Value: '2' },
        Slow: { Value: '2', Needs: ref('Base'), Seconds: 60, Note: 'too late to matter' },
        Other: { Name: 'y', Seconds: 1 },
        Bad: { Fail: 'wrong', Seconds: 2, Needs: ref('Base') },
        Never: { Needs: ref('Bad') },
        Kept: { Seconds: 1, $DeletionPolicy: 'Retain' },
        New: { Seconds: 1 },
      }),
    );

    const reason =
      'The following resource(s) failed to create: [Bad]. The following resource(s) failed to update: [Slow].';
    expect(outcome).toMatchObject({ type: 'failed', status: 'UPDATE_ROLLBACK_COMPLETE', reason: `${reason} ` });
    const events = history(before);
    expect(events.slice(events.indexOf('17 Bad CREATE_FAILED wrong'))).toEqual([
      '17 Bad CREATE_FAILED wrong',
      '17 Slow UPDATE_FAILED Resource update cancelled',
      `17 app UPDATE_ROLLBACK_IN_PROGRESS ${reason}`,
      '21 Base UPDATE_IN_PROGRESS',
      '21 Other UPDATE_IN_PROGRESS',
      '21 Other UPDATE_COMPLETE',
      '31 Base UPDATE_COMPLETE',
      // Its cancelled update was still running until then.
      '76 Slow UPDATE_IN_PROGRESS',
      '86 Slow UPDATE_COMPLETE',
      '87 app UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      '88 Other DELETE_IN_PROGRESS',
      '88 Kept DELETE_SKIPPED',
      '88 New DELETE_IN_PROGRESS',
      '88 Bad DELETE_COMPLETE',
      '89 Other DELETE_COMPLETE',
      '89 New DELETE_COMPLETE',
      '90 app UPDATE_ROLLBACK_COMPLETE',
    ]);
    expect(world.operations).toContain('update Slow (rollback)');
    expect(world.operations.filter((operation) => operation.includes('Never'))).toEqual([]);
    expect(outcome.stack.resources.get('Other')?.physical.id).toBe('x-2');
    expect((await deploy(things(old))).type).toBe('unchanged');
  });

  test('ends in UPDATE_ROLLBACK_FAILED when the rollback fails, too', async () => {
    const old = { A: { Value: '1', FailUpdate: 'stuck' } };
    await deploy(things(old));
    const outcome = await deploy(things({ A: { Value: '2' }, B: { Fail: 'wrong', Needs: ref('A') } }));

    expect(outcome).toMatchObject({
      status: 'UPDATE_ROLLBACK_FAILED',
      reason: 'The following resource(s) failed to update: [A]. ',
    });
    await expect(deploy(things(old))).rejects.toThrow('is in UPDATE_ROLLBACK_FAILED state and can not be updated.');
  });

  test('refuses another update until it has ended', async () => {
    await deploy(things({ A: { Value: '1' } }));
    const running = deploy(things({ A: { Value: '2' } }));
    const { id } = world.cloudformation.stack('app')!;

    await expect(deploy(things({ A: { Value: '3' } }))).rejects.toThrow(
      `Stack:${id} is in UPDATE_IN_PROGRESS state and can not be updated.`,
    );
    expect((await running).type).toBe('succeeded');
  });

  test('does not update a resource of which only DeletionPolicy, UpdatePolicy or Metadata has changed', async () => {
    const $UpdatePolicy = { CodeDeployLambdaAliasUpdate: { ApplicationName: 'x' } };
    await deploy(things({ A: { $Type: 'AWS::Lambda::Alias' } }));
    const changed = { $Type: 'AWS::Lambda::Alias', $UpdatePolicy, $DeletionPolicy: 'Retain', $Metadata: { a: 1 } };
    expect((await deploy(things({ A: changed }))).type).toBe('unchanged');
  });

  test('gives a resource its resolved UpdatePolicy, and updates what that refers to first', async () => {
    const template = (Value: string) =>
      things({
        Alias: {
          $Type: 'AWS::Lambda::Alias',
          $UpdatePolicy: { CodeDeployLambdaAliasUpdate: { ApplicationName: ref('Application') } },
          Value,
        },
        Application: { Value },
      });
    await deploy(template('1'));
    await deploy(template('2'));
    expect(world.operations.slice(-2)).toEqual([
      'update Application',
      'update Alias under {"CodeDeployLambdaAliasUpdate":{"ApplicationName":"Application-1"}}',
    ]);
  });

  test('may not change the type of a logical id', async () => {
    await deploy(things({ A: {} }));
    await expect(deploy({ body: '{"Resources":{"A":{"Type":"AWS::SNS::Topic"}}}' })).rejects.toThrow(
      'Update of resource type is not permitted. The new template modifies resource type of the following resources: [A]',
    );
  });
});

describe('a stack that is deleted', () => {
  const remove = () => world.clock.spawn(() => world.clock.waitFor(world.cloudformation.deleteStack('app')!));

  test('deletes dependents first, keeps what is retained, and is found by its id only', async () => {
    await deploy(things({ A: {}, B: { Needs: ref('A') }, Kept: { $DeletionPolicy: 'Retain' } }));
    const before = length();
    const { id } = await remove();

    expect(world.cloudformation.stack('app')).toBeUndefined();
    const events = world.cloudformation.events(id).slice(before);
    expect(events.map(({ logicalId, status }) => `${logicalId} ${status}`)).toEqual([
      'app DELETE_IN_PROGRESS',
      'Kept DELETE_SKIPPED',
      'B DELETE_IN_PROGRESS',
      'B DELETE_COMPLETE',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      'app DELETE_COMPLETE',
    ]);
  });

  test('keeps what could not be deleted, and what that depends on, when a deletion fails', async () => {
    await deploy(things({ A: {}, B: { Needs: ref('A'), FailDelete: 'in use' }, C: {} }));
    const stack = await remove();

    expect(stack.status).toBe('DELETE_FAILED');
    expect(stack.statusReason).toBe('The following resource(s) failed to delete: [B]. ');
    expect([...stack.resources.keys()]).toEqual(['A', 'B']);
  });
});

describe('an export', () => {
  const exporting = (value: string) =>
    things(
      { A: { Value: value } },
      { Outputs: { O: { Value: { 'Fn::GetAtt': ['A', 'Value'] }, Export: { Name: 'shared' } } } },
    );
  const importing = things({ B: { Value: { 'Fn::ImportValue': 'shared' } } });

  test('is imported by name, and cannot be changed or deleted while it is imported', async () => {
    await deploy(exporting('1'));
    const user = await deploy(importing, { stackName: 'user' });
    expect(user.stack.resources.get('B')?.properties).toEqual({ Value: '1' });

    expect(await deploy(exporting('2'))).toMatchObject({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      reason: 'Export shared cannot be updated as it is in use by user',
    });
    expect(() => world.cloudformation.deleteStack('app')).toThrow(
      'Export shared cannot be deleted as it is in use by user',
    );
  });

  test('has one owner', async () => {
    await deploy(exporting('1'));
    expect(await deploy(exporting('1'), { stackName: 'rival' })).toMatchObject({
      status: 'ROLLBACK_COMPLETE',
      reason: 'Export with name shared is already exported by stack app. Rollback requested by user.',
    });
  });
});

test('a stack sends its events to its topics', async () => {
  const { arn } = world.sns.createTopic('events');
  await deploy(things({ A: {} }), { notificationArns: [arn] });
  const messages = world.sns.topic(arn).messages;

  expect(messages).toHaveLength(length());
  expect(messages.at(-1)?.message).toContain("ResourceStatus='CREATE_COMPLETE'\n");
});

test('two runs with the same seed have the same events, ids and times', async () => {
  const run = async () => {
    world = new SmallWorld();
    await deploy(things({ A: {}, B: { Needs: ref('A') }, C: { Seconds: 3 } }));
    await deploy(things({ A: { Value: '2' }, B: { Needs: ref('A'), Fail: 'wrong', Value: '1' }, C: { Seconds: 4 } }));
    return world.cloudformation.events('app');
  };
  expect(await run()).toEqual(await run());
});
