// Prints all tables of a published warehouse as JSON, read by DuckDB's Node driver.
// node published_tables.mjs FOLDER_OF_NODE_MODULES WAREHOUSE
import { createRequire } from "node:module";

const [modules, warehouse] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(`${modules}/`)("@duckdb/node-api");
const instance = await DuckDBInstance.create(warehouse, { access_mode: "READ_ONLY" });
const connection = await instance.connect();
const read = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
const tables = {};
for (const [table] of await read(
  "select table_name from duckdb_tables() where schema_name = 'marts' order by all",
)) {
  tables[table] = await read(`from marts.${table}`);
}
process.stdout.write(JSON.stringify(tables));
