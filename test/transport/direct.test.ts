import {createDirectTransport} from '../../source/transport/grpc/direct-transport.ts';
import {optionsFor} from './connect.ts';
import {describeTransport} from './contract.ts';

describeTransport({
	name: 'a direct transport',
	connect: async (cluster) => createDirectTransport({...optionsFor(cluster), endpoints: cluster.endpoints.slice(0, 1)}),
});
