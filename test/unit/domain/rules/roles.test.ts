import { mayDo, PERMISSIONS } from '../../../../domain/rules/roles';

test('the administrator may do nothing that decides', () => {
  for (const permission of Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[])
    expect(mayDo(['admin'], permission)).toBeUndefined();
});
