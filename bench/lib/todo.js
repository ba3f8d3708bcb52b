// What all contenders store: a description that makes a payload of about 120 bytes as JSON.
const TEXT = 'a description of about eighty characters, as people write them into their lists:';

export const describe = (id, what = '') => `${TEXT} ${id} ${what}`.trimEnd();
