import 'reflect-metadata';
import type { RecentMessage } from '../modules/messaging/recent-messages.service.js';
import { MessageDto } from './messages.dto.js';

const message: RecentMessage = {
  id: '0193b5a0-0000-7000-8000-000000000000',
  channel: 'email',
  to: 'john@acmedental.com',
  template: 'password-reset',
  subject: 'Reset your password',
  text: 'Hello',
  html: '<p>Hello</p>',
  link: 'https://app.example.com/reset-password#token=x',
  createdAt: new Date('2026-11-21T23:45:00Z'),
};

describe('MessageDto', () => {
  it('has exactly the published keys', () => {
    expect(MessageDto.from(message)).toEqual({
      id: message.id,
      channel: 'email',
      to: 'john@acmedental.com',
      template: 'password-reset',
      subject: 'Reset your password',
      text: 'Hello',
      link: 'https://app.example.com/reset-password#token=x',
      createdAt: '2026-11-21T23:45:00.000Z',
    });
  });

  it('leaves out code and link where there are none', () => {
    const withoutLink = { ...message, link: undefined };
    const dto = MessageDto.from({ ...withoutLink, code: '048213' });

    expect(dto).toHaveProperty('code', '048213');
    expect(Object.keys(dto)).not.toContain('link');
    expect(Object.keys(MessageDto.from(withoutLink))).not.toContain('code');
  });
});
