-- psql script: the user of DATABASE_URL and its database (docs/databases.md)
\getenv password GATEHOUSE_PASSWORD
CREATE ROLE gatehouse LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE gatehouse OWNER gatehouse ENCODING 'UTF8' TEMPLATE template0;
