import { Component, onMounted, onWillUnmount, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const INTERVAL = 2000;

/** While it is shown, the worker is busy with the record: reads it again until it is not. */
export class WaitWidget extends Component {
    static template = xml`<i class="fa fa-spinner fa-spin me-2" aria-hidden="true"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        let timer = null;
        onMounted(() => {
            timer = setInterval(() => this.look(), INTERVAL);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    async look() {
        const { record } = this.props;
        // What is being edited is not overwritten.
        if (!document.hidden && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("immoassist_wait", { component: WaitWidget });
