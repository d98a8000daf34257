//! The plan for people.

use config_schema::plan::{BuildPlan, PluginPlan};

/// Digits of a digest that people compare by eye (count).
const SHOWN_DIGITS: usize = 16;

/// One line for each job and file, then plugins, runtimes and secrets.
pub(crate) fn table(plan: &BuildPlan) -> String {
    let mut lines = Vec::new();
    for job in &plan.matrix.include {
        let bundles: Vec<_> = job.bundles.iter().map(|bundle| bundle.name()).collect();
        lines.push(format!(
            "{:<24} {:<14} {:<18} {}",
            job.app,
            job.target.name(),
            job.runner,
            bundles.join(", ")
        ));
        lines.extend(job.artifacts.iter().map(|artifact| format!("  {}", artifact.name)));
    }
    for app in &plan.apps {
        lines.extend(
            app.plugins.iter().map(|plugin| format!("plugin of {}: {}", app.slug, line(plugin))),
        );
    }
    let runtimes: Vec<_> =
        plan.runtimes.include.iter().map(|runtime| runtime.id.as_str()).collect();
    lines.push(format!("runtimes: {}", runtimes.join(", ")));
    let secret = |secret: &config_schema::plan::SecretPlan| {
        if secret.required { secret.name.clone() } else { format!("{} (optional)", secret.name) }
    };
    let secrets: Vec<_> = plan.secrets.iter().map(secret).collect();
    let secrets = if secrets.is_empty() { "none".to_owned() } else { secrets.join(", ") };
    lines.push(format!("secrets: {secrets}"));
    lines.join("\n")
}

fn line(plugin: &PluginPlan) -> String {
    let version = plugin.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    let module = match &plugin.module {
        Some(module) => {
            let digits = module.sha256.get(..SHOWN_DIGITS).unwrap_or(&module.sha256);
            format!("{} kB, sha256 {digits}", module.bytes.div_ceil(1000))
        }
        None => "made by `content.build`".to_owned(),
    };
    format!("{}{version}, {module}", plugin.name)
}
