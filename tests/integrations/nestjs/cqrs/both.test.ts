import { CommandBus, CqrsModule, EventBus, ofType, QueryBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { Flow, type RecordedEvent } from 'eventuality';
import { AggregateNotFoundError } from 'eventuality/errors';
import { EventualityModule } from 'eventuality/nestjs';
import { DurableEvents, EventualityCqrsModule, FlowContext } from 'eventuality/nestjs/cqrs';
import { SILENT } from '../../../support/logger';
import { PLACES, type Place } from '../../../support/stores/places';
import { until } from '../../../support/waiting';
import {
  BothModule,
  CountMails,
  Journal,
  ListOrders,
  MailSent,
  OrderPlaced,
  PlaceOrder,
  Receive,
  Reserve,
  Reserved,
  SendMail,
} from './both';

const described = ({ name, metadata }: RecordedEvent) => ({ name, actor: metadata.actor });

describe.each(PLACES)('%s', (_, makePlace) => {
  let place: Place;
  let nest: TestingModule;
  let [commands, queries, flow, journal] = [] as unknown as [CommandBus, QueryBus, Flow, Journal];
  beforeEach(async () => {
    place = makePlace();
    const imports = [
      CqrsModule.forRoot(),
      EventualityModule.forRoot({ eventStore: place.open(), logger: SILENT }),
      EventualityCqrsModule.forRoot({ following: { retry: { attempts: 2, delay: 1 } } }),
      BothModule,
    ];
    const compiled = await Test.createTestingModule({ imports }).compile();
    compiled.useLogger(false);
    nest = await compiled.init();
    [commands, queries, flow, journal] = [nest.get(CommandBus), nest.get(QueryBus), nest.get(Flow), nest.get(Journal)];
  });
  afterEach(async () => {
    await nest.close();
    await place.end();
  });

  test('commands, queries and events of either reach the handlers of the other, each once', async () => {
    const heard: unknown[] = [];
    nest
      .get(EventBus)
      .pipe(ofType(Reserved))
      .subscribe(event => heard.push(event));
    const ann = new FlowContext({ actor: 'ann' });
    expect(await commands.execute(new Receive('milk', 2), ann)).toMatchObject({ succeeded: true, aggregateId: 'milk' });
    expect(await commands.execute(new PlaceOrder('1', 'milk'))).toBe('1');
    const outcome = await flow.dispatch(new PlaceOrder('2', 'milk'), { metadata: { actor: 'bob' } });
    expect(outcome.events.map(described)).toEqual([{ name: 'OrderPlaced', actor: 'bob' }]);
    expect(outcome.events[0]!.metadata).toMatchObject({ commandName: 'PlaceOrder' });
    await until(async () => (await flow.query(new CountMails())) === 4, 'the mails');
    await flow.processors.settled();
    expect([...journal.lines].sort()).toEqual([
      'heard of 1',
      'heard of 2',
      'mail to 1: reserved, for undefined',
      'mail to 1: welcome, for undefined',
      'mail to 2: reserved, for bob',
      'mail to 2: welcome, for bob',
      'placed 1 beside true',
      'placed 2 beside true',
      'reserved for 1, true, undefined',
      'reserved for 2, true, bob',
    ]);
    expect(heard).toEqual([new Reserved('1'), new Reserved('2')]);
    expect(heard[0]).toBeInstanceOf(Reserved);
    expect(await queries.execute(new ListOrders())).toMatchObject([{ state: 'reserved' }, { state: 'reserved' }]);
    expect(nest.get(DurableEvents).processors).toBe(flow.processors);
    expect([...flow.processors.names].sort()).toEqual(['ReservationMails', 'Spares', 'orders', 'reserve', 'welcome']);
  });

  test('what one message has caused, in whichever bus, belongs together', async () => {
    await flow.dispatch(new Receive('milk', 1));
    await flow.dispatch(new PlaceOrder('1', 'milk'), { metadata: { actor: 'ann' } });
    await until(async () => (await flow.query(new CountMails())) === 2, 'the mails');
    await flow.processors.settled();
    const events = (await flow.eventStore.readAll()).slice(1);
    expect(events.map(({ name }) => name).sort()).toEqual(['MailSent', 'MailSent', 'OrderPlaced', 'Reserved']);
    const { metadata, id } = events.find(({ name }) => name === 'OrderPlaced')!;
    expect(new Set(events.map(event => event.metadata.correlationId))).toEqual(new Set([metadata.correlationId]));
    expect(events.map(event => event.metadata.actor)).toEqual(Array(4).fill('ann'));
    expect(events.find(({ name }) => name === 'Reserved')!.metadata.commandCausationId).toBe(id);
  });

  test('errors come back as they are', async () => {
    await expect(commands.execute(new Reserve('tea', '1'))).rejects.toBeInstanceOf(AggregateNotFoundError);
    await commands.execute(new Receive('tea', 0));
    await expect(commands.execute(new Reserve('tea', '1'))).rejects.toThrow('No tea left');
    await expect(flow.dispatch(new PlaceOrder('', 'tea'))).rejects.toThrow(RangeError);
    expect(() => commands.execute({})).toThrow('No handler found for the command');
  });

  test('a command of @nestjs/cqrs that publishes nothing has failed, for a process too', async () => {
    expect(await flow.dispatch(new SendMail('no address', 'hello'))).toMatchObject({ succeeded: false, events: [] });
    await commands.execute(new Receive('milk', 1));
    await commands.execute(new PlaceOrder('mute', 'milk'));
    await until(async () => (await flow.query(new CountMails())) === 3, 'the mails');
    await flow.processors.settled();
    expect(await flow.processManagers.of('welcome').get('mute')).toMatchObject({ status: 'ended' });
  });

  test('a handler that is called again sends no command twice to the flow', async () => {
    await commands.execute(new Receive('milk', 5));
    await commands.execute(new PlaceOrder('spare', 'milk'));
    await until(() => journal.lines.filter(line => line === 'spare').length === 2, 'the second attempt');
    await flow.processors.settled();
    const reserved = (await flow.eventStore.readAll()).filter(({ name }) => name === 'Reserved');
    expect(reserved.map(({ payload }) => (payload as Reserved).orderId).sort()).toEqual(['a spare for spare', 'spare']);
  });

  test('the end waits for what was published', async () => {
    await commands.execute(new Receive('milk', 1));
    await nest.get(EventBus).publishAll([new OrderPlaced('1', 'milk'), new MailSent('1')]);
    await nest.close();
    expect(journal.lines).toContain('heard of 1');
  });

  test('sagas follow what is recorded while the application ends', async () => {
    await commands.execute(new Receive('milk', 1));
    let recorded: string[] = [];
    const beforeApplicationShutdown = async () => {
      await commands.execute(new PlaceOrder('late', 'milk'));
      await flow.processors.settled();
      recorded = (await flow.eventStore.readAll()).map(({ name }) => name);
    };
    Object.assign(journal, { beforeApplicationShutdown });
    await nest.close();
    Object.assign(journal, { beforeApplicationShutdown: undefined }); // it is closed again afterwards
    expect(recorded).toContain('Reserved');
  });
});
