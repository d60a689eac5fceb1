import { ACCESS, groupsInScope, hiddenEvents, mayCall, OPERATIONS } from '../../../../domain/rules/permissions';
import { PERMISSIONS, ROLES } from '../../../../domain/rules/roles';

test('every operation names known roles, each once', () => {
  for (const operation of OPERATIONS) {
    const roles: readonly string[] = ACCESS[operation];
    expect({ operation, unknown: roles.filter((role) => !(ROLES as readonly string[]).includes(role)) }).toEqual({
      operation,
      unknown: [],
    });
    expect(new Set(roles).size).toBe(roles.length);
  }
});

test('operations that change state take their roles from the permissions that the application layer checks', () => {
  expect(ACCESS.startTrainingRun).toBe(PERMISSIONS['run.start']);
  expect(ACCESS.approvePromotion).toBe(PERMISSIONS['promotion.approve']);
  expect(ACCESS.signOffList).toBe(PERMISSIONS['list.sign-off']);
  expect(mayCall(['admin'], 'approvePromotion')).toBe(false);
  expect(mayCall([], 'getMe')).toBe(false);
});

test('a caseworker sees the groups of the team, none where the sign-in names none, and all with a wider role', () => {
  expect(groupsInScope(['caseworker'], 'listLines', ['FALE'])).toEqual(['FALE']);
  expect(groupsInScope(['caseworker'], 'listLines', undefined)).toEqual([]);
  expect(groupsInScope(['caseworker', 'control-leader'], 'listLines', ['FALE'])).toBeUndefined();
  // A wider role counts only where it may call the operation at all.
  expect(groupsInScope(['caseworker', 'analyst'], 'listLines', ['FALE'])).toEqual(['FALE']);
});

test('only roles that may read the access log see its events in the ledger', () => {
  expect(hiddenEvents(['auditor'])).toEqual([]);
  expect(hiddenEvents(['data-scientist'])).toContain('provider.opened');
});
