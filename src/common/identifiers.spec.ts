import { canonicalPhone, namesOf, parseIdentifier } from './identifiers.js';

describe('canonicalPhone', () => {
  it.each([
    '+919876543210',
    '+91 98765 43210',
    '+91-98765-43210',
    '+91 (98765) 43210',
    '+91 (0)98765 43210',
    '+91.98765.43210',
    '00919876543210',
    '00 91 98765 43210',
    '  +919876543210  ',
    '+٩١٩٨٧٦٥٤٣٢١٠',
    '٠٠٩١٩٨٧٦٥٤٣٢١٠',
    '+۹۱۹۸۷۶۵۴۳۲۱۰',
    '+९१९८७६५४३२१०',
    '＋９１９８７６５４３２１０',
    '\u202a+91 98765 43210\u202c',
    '+91\u00a098765\u00a043210',
    '+91\u00a098765\u201143210',
    '+91–98765—43210',
    '+91 98765−43210',
    '(+91) 98765 43210',
    '( +91 )98765-43210',
    '(0091) 98765 43210',
    '（＋９１）９８７６５ ４３２１０',
  ])('turns %j into one number', (notation) => {
    expect(canonicalPhone(notation)).toBe('+919876543210');
  });

  it.each(['+390612345678', '+442079460958', '+15005550006', '+61491570006'])(
    'leaves %s unchanged',
    (number) => {
      expect(canonicalPhone(number)).toBe(number);
    },
  );

  it.each([
    '',
    '+',
    '+91',
    '9876543210',
    '919876543210',
    '0919876543210',
    '+0919876543210',
    '+999123456789',
    '++919876543210',
    '+91+9876543210',
    '(+91 98765 43210',
    '(+)91 98765 43210',
    '(91) 98765 43210',
    '(+91)(+91) 98765 43210',
    '+9198765432101234',
    '+919876543210 ext. 5',
    '+919876543210;ext=5',
    'tel:+919876543210',
    '+91 98765 4321O',
    '+1 800 FLOWERS',
    '+919876543210\n+919876543211',
    '+919876543210, +919876543211',
    `+91${' '.repeat(40)}9876543210`,
  ])('refuses %j', (text) => {
    expect(canonicalPhone(text)).toBeNull();
  });
});

describe('parseIdentifier', () => {
  it.each([
    [' Ada@Example.com ', { kind: 'email', value: 'ada@example.com' }],
    ['ada＠example.com', { kind: 'email', value: 'ada@example.com' }],
    ['+919876543210@example.com', { kind: 'email', value: '+919876543210@example.com' }],
    ['00 91 98765 43210', { kind: 'phone', value: '+919876543210' }],
  ])('reads %j', (text, identifier) => {
    expect(parseIdentifier(text)).toEqual(identifier);
  });

  it.each(['', 'ada', 'ada@', '9876543210'])('reads neither kind in %j', (text) => {
    expect(parseIdentifier(text)).toBeNull();
  });
});

describe('namesOf', () => {
  it('splits a name that is given in one field, and keeps one that is not', () => {
    expect(namesOf({ name: 'Rajesh Mohan Kumar' })).toEqual({ firstName: 'Rajesh Mohan', lastName: 'Kumar' });
    expect(namesOf({ name: 'Rajesh' })).toEqual({ firstName: 'Rajesh', lastName: '' });
    expect(namesOf({ firstName: 'Rajesh', lastName: 'Kumar' })).toEqual({
      firstName: 'Rajesh',
      lastName: 'Kumar',
    });
  });
});
