// Prints the rows of a query as JSON: `node rows.js <file> <query>`.
import Database from 'better-sqlite3';

const [file, query] = process.argv.slice(2);
process.stdout.write(JSON.stringify(new Database(file, { readonly: true }).prepare(query).all()));
