import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import * as z from 'zod';

type Schema = Exclude<NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string], { $ref: string }>;

/** Returns a schema as OpenAPI describes it, so that it is written once. */
export const openApi = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { target: 'openapi-3.0' }) as Schema;

/** Serves the description of the API at `/api`, and as JSON at `/api-json`. */
export function serveOpenApi(app: INestApplication): void {
  const config = new DocumentBuilder().setTitle('A shop').addBearerAuth().build();
  SwaggerModule.setup('api', app, () => SwaggerModule.createDocument(app, config));
}
