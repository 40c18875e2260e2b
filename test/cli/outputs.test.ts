import { expect, it } from 'vitest';
import { shareLine } from '../../src/cli/outputs.ts';

it('a message takes the line of a bar, and leaves no empty one behind', () => {
  let screen = '';
  const { bar, message } = shareLine((text) => {
    screen += text;
  });
  message('first\n');
  bar('\r\u001b[2K[#..] 1/3');
  message('second\n');
  bar('\r\u001b[2K[##.] 2/3');
  message('third\n');
  bar('\n');
  bar('\r\u001b[2K[###] 3/3');
  bar('\n');
  expect(screen).toBe(
    'first\n' +
      '\r\u001b[2K[#..] 1/3\r\u001b[2Ksecond\n' +
      '\r\u001b[2K[##.] 2/3\r\u001b[2Kthird\n' +
      '\r\u001b[2K[###] 3/3\n',
  );
});
